// Sends the unlock form by fetch, so that the page that gets the keys knows the PIN to wrap them with and is the page that draws.
// Without WebCrypto the form goes its own way.

import { importKey } from "../code/drawer.js";
import { hold, keyOf } from "../code/held-keys.js";
import { askForKeys } from "../code/tabs.js";
import { digitsOf } from "../code/typed.js";
import { forgetWallet, openWallet, storeWallet, walletHandles } from "../code/wallet.js";
import { isKeyRight, showScreen } from "./code-page.js";

export default function unlockByFetch(form) {
  if (!globalThis.crypto?.subtle) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await send(form);
    } finally {
      button.disabled = false;
    }
  });
  form.dataset.isReady = "";
}

async function send(form, isSecondTry = false) {
  const lock = form.closest("[data-lock-page]");
  const pin = pinOf(form);
  const fromTabs = isSecondTry ? [] : await askForKeys();
  const holds = isSecondTry ? [] : [...new Set([...fromTabs.map((entry) => entry.handle), ...(await walletHandles())])];
  const opening = isSecondTry ? Promise.resolve([]) : openWallet(pin).catch(() => []); // derived while the server looks at the PIN
  let answer, content;
  try {
    const headers = { Accept: "application/json", "X-Pz-Holds": holds.join(",") };
    answer = await fetch(form.action, { method: "POST", headers, body: new URLSearchParams(new FormData(form)) });
    content = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : null;
  } catch {
    return openHere(lock, pin, Number(form.elements.of?.value));
  }
  if (content?.handle) {
    const isShown = await take(content, pin, fromTabs, await opening);
    if (isShown) return;
    await forgetWallet(); // wrapped with another PIN, from before a change on another device: new handles, new keys
    return send(form, true);
  }
  if (!content) return answer.redirected ? location.assign(answer.url) : form.submit();
  const page = new DOMParser().parseFromString(content.page, "text/html");
  const again = document.adoptNode(page.querySelector("[data-lock-page]"));
  lock.replaceWith(again);
  unlockByFetch(again.querySelector("form"));
  const mark = again.dataset.titleMark;
  if (!document.title.startsWith(mark)) document.title = mark + document.title;
  again.querySelector("[aria-invalid]")?.focus();
}

/** Holds the keys, shows the code, then wraps what is new. False when the phone's own key for it is missing or not the right one. */
async function take(content, pin, fromTabs, fromWallet) {
  const known = new Map([...fromWallet, ...fromTabs].map((entry) => [entry.handle, entry.key]));
  hold(
    await Promise.all(
      content.wallet.map(async ({ key, shown_by: shownBy, ...entry }) => ({
        ...entry,
        shownBy,
        lastUsed: 0,
        key: key ? await importKey(key) : known.get(entry.handle),
      })),
    ),
  );
  if (!content.key && (!keyOf(content.handle) || !(await isKeyRight(content.page)))) return false;
  await showScreen(content);
  storeWallet(pin, content.wallet, content.salt, content.now).catch(() => {}); // no room or no IndexedDB: online all works
  return true;
}

/** The network is gone, perhaps in the middle of it: what this phone keeps opens with the same PIN, as before the attempt. */
async function openHere(lock, pin, credential) {
  try {
    const { openWithoutNetwork } = await import("./code-offline.js");
    await openWithoutNetwork(lock, pin, credential);
  } catch {
    lock.querySelector("[data-lock-error]").textContent = lock.dataset.offlineText; // the first visit: nothing is kept yet
  }
}

/** Six digits as they may be typed: full width, with spaces. On the last step of activation the field has the same name. */
function pinOf(form) {
  return digitsOf(form.elements.pin.value);
}
