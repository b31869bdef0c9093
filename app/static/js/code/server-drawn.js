// The code as the server draws it, for a page that holds no key: after a reload, or without WebCrypto.

import { provide } from "../app.js";
import { NoNetwork, ask } from "../network.js";

provide("code/server-drawn.js", { showServerDrawn });

/** screen: a CodeScreen. Throws what is no matter of the network. */
async function showServerDrawn(screen) {
  screen.drawnAt = screen.clock.seconds; // the next try is due in one period, also when this one fails
  try {
    const drawn = await drawOnServer(screen.root.dataset.here, screen.clock);
    if (!drawn) return screen.leave();
    screen.hearTyped(drawn.typed, drawn.typedUntil);
    screen.lastUsed = drawn.lastUsed;
    screen.show(drawn.digits, drawn.path, drawn.issuedAt);
  } catch (error) {
    if (!(error instanceof NoNetwork)) throw error;
    screen.hearNetwork(true);
  }
}

/** {digits, path, issuedAt, lastUsed, typed, typedUntil}, or null when the page is locked. Throws NoNetwork. */
async function drawOnServer(address, clock) {
  const sentAt = Date.now();
  const { text } = await ask(address, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(text, "text/html");
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
