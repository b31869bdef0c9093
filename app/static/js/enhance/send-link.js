// The phone's own sheet for sending things, or where there is none the clipboard. Without script the link is copied by hand.

export default function offerSending(button) {
  if (!navigator.share && !navigator.clipboard) return;
  const { link, words, copied } = button.dataset;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      if (navigator.share) return await navigator.share({ text: words, url: link });
      await navigator.clipboard.writeText(link);
      button.nextElementSibling.textContent = copied;
    } catch {
      // Sent to nobody after all, or the browser refused: the link still stands above.
    }
  });
}
