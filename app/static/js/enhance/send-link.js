// The phone's own sheet for sending things, or where there is none the clipboard. Without script the link is copied by hand.

import { enhance } from "../app.js";

enhance("send-link", offerSending);

function offerSending(button) {
  if (!navigator.share && !navigator.clipboard) return;
  const { link, words, copied } = button.dataset;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      if (navigator.share) return await navigator.share({ text: words, url: link });
      // eslint-disable-next-line compat/compat -- without it and without share the button stays hidden
      await navigator.clipboard.writeText(link);
      button.nextElementSibling.textContent = copied;
    } catch (refused) {
      // Sent to nobody after all, or the browser refused: the link still stands above.
    }
  });
}
