// The code as the server draws it, for a page that holds no key: after a reload, or without WebCrypto.

/** {digits, path, issuedAt, lastUsed, typed, typedUntil}, or null when the page is locked. Throws without a network. */
export async function drawOnServer(address, clock) {
  const sentAt = Date.now();
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const root = page.querySelector(".code-screen[data-handle]:not([data-handle=''])");
  if (!root) return null;
  clock.sync(Number(root.dataset.now), sentAt);
  return {
    digits: root.querySelector("[data-code]").dataset.code,
    path: root.querySelector("[data-modules]").getAttribute("d"),
    issuedAt: Number(root.dataset.issuedAt),
    lastUsed: Number(root.dataset.lastUsed),
    typed: root.querySelector("[data-typed]").textContent,
    typedUntil: Number(root.dataset.typedUntil),
  };
}
