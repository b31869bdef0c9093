// The code page drawn by script. The server's page works alone; this takes over from its first code.

import { Drawer, askForKeys, hold, keyOf } from "../code/drawer.js";
import { CodeScreen } from "../code/screen.js";
import { isWalletMissing } from "../code/wallet.js";
import { enhance } from "../app.js";

enhance("code-page", takeOver);

/** A page that came by reload: its keys are gone, unless another tab still holds them. */
async function takeOver(root) {
  if (window.crypto.subtle) hold(await askForKeys());
  new CodeScreen(root).start();
  const keepsNothing = !keyOf(root.dataset.handle) && (await isWalletMissing()); // the next unlock, with its script there, keeps codes
  const note = document.querySelector("[data-keeps-nothing]");
  if (keepsNothing && note) note.hidden = false;
}

/**
 * Shows the code in place of the page that unlocked it: the lock, the last step of activation, or the shell for no network.
 * content: {title, style, page}; the keys are held already. fill(root): what the page still lacks. how: as for CodeScreen.
 */
export async function showScreen(content, fill = null, how = {}) {
  await loadStyle(content.style);
  const page = new DOMParser().parseFromString(content.page, "text/html");
  const root = document.adoptNode(page.querySelector(".code-screen"));
  if (fill) await fill(root);
  for (const child of [...document.body.children]) if (!child.matches(".skip-link")) child.remove();
  document.body.className = "is-code";
  document.body.append(root);
  document.title = content.title;
  history.replaceState(null, "", root.dataset.here);
  scrollTo(0, 0);
  root.querySelector("main").focus({ preventScroll: true });
  performance.mark("pz-drawn");
  new CodeScreen(root, how).start();
}

/** Whether the key held for the page's handle draws what the server drew: it does not when the PIN it was wrapped with was another. */
export async function isKeyRight(page) {
  const root = new DOMParser().parseFromString(page, "text/html").querySelector(".code-screen");
  const { handle, issuedAt } = root.dataset;
  const { digits } = await new Drawer(keyOf(handle), handle, 0).draw(Number(issuedAt));
  return digits === root.querySelector("[data-code]").dataset.code;
}

function loadStyle(address) {
  if ([...document.styleSheets].some((sheet) => sheet.href === new URL(address, location).href)) return Promise.resolve();
  return new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address, onload: resolve, onerror: resolve });
    document.head.append(link);
  });
}
