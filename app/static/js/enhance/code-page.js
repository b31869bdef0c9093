// The code page drawn by script. The server's page works alone; this takes over from its first code.

import { importKey } from "../code/drawer.js";
import { CodeScreen } from "../code/screen.js";
import { askForKey } from "../code/tabs.js";

/** A page that came by reload: its key is gone, unless another tab still holds it. */
export default async function takeOver(root) {
  const held = globalThis.crypto?.subtle ? await askForKey() : null;
  new CodeScreen(root, held?.handle === root.dataset.handle ? held.key : null).start();
}

/**
 * Shows the code in place of the page that unlocked it: the lock, or the last step of activation.
 * answer: {handle, key, title, style, page}; heldKey: what another tab gave, when the server handed out no key.
 */
export async function showUnlocked(answer, heldKey = null) {
  const key = answer.key ? await importKey(answer.key) : heldKey;
  await loadStyle(answer.style);
  const page = new DOMParser().parseFromString(answer.page, "text/html");
  const root = document.adoptNode(page.querySelector(".code-screen"));
  for (const child of [...document.body.children]) if (!child.matches(".skip-link")) child.remove();
  document.body.className = "is-code";
  document.body.append(root);
  document.title = answer.title;
  history.replaceState(null, "", "/code");
  scrollTo(0, 0);
  root.querySelector("main").focus({ preventScroll: true });
  new CodeScreen(root, key).start();
}

function loadStyle(address) {
  if ([...document.styleSheets].some((sheet) => sheet.href === new URL(address, location).href)) return Promise.resolve();
  return new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address, onload: resolve, onerror: resolve });
    document.head.append(link);
  });
}
