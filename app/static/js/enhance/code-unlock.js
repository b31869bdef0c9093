// Sends the unlock form by fetch, so that the page that gets the keys knows the PIN to wrap them with and is the page that draws.
// Without WebCrypto the form goes its own way.

import { askForKeys, hold, importKey, keyOf } from "../code/drawer.js";
import { digitsOf } from "../code/typed.js";
import { forgetWallet, heardNow, openWallet, storeWallet, walletHandles } from "../code/wallet.js";
import { enhance, enhanceAgain, load } from "../app.js";
import { NoNetwork, ask, contentOf, tellFault } from "../network.js";
import { isKeyRight, showScreen } from "./code-page.js";

enhance("code-unlock", unlockByFetch);

function unlockByFetch(form) {
  if (!window.crypto.subtle) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await send(form);
    } catch (error) {
      tellFault(error);
      if (form.isConnected) form.submit(); // as without script: the server looks at the PIN and draws
      else location.reload();
    } finally {
      button.disabled = false;
    }
  });
}

async function send(form, isSecondTry = false) {
  const lock = form.closest("[data-lock-page]");
  const pin = pinOf(form);
  const fromTabs = isSecondTry ? [] : await askForKeys();
  const holds = isSecondTry ? [] : [...new Set([...fromTabs.map((entry) => entry.handle), ...(await walletHandles())])];
  const opening = isSecondTry ? Promise.resolve([]) : openWallet(pin).catch(() => []); // derived while the server looks at the PIN
  let came;
  try {
    const headers = { Accept: "application/json", "X-Pz-Holds": holds.join(",") };
    came = await ask(form.action, { method: "POST", headers, body: new URLSearchParams(new FormData(form)) });
  } catch (error) {
    if (!(error instanceof NoNetwork)) throw error;
    // Perhaps in the middle of it: what this phone keeps opens with the same PIN, as before the attempt.
    const offline = await load("enhance/code-offline.js").catch(() => null); // the first visit: nothing is kept yet, also no script
    const { of } = form.elements;
    if (offline) return offline.openWithoutNetwork(lock, pin, Number(of && of.value));
    lock.querySelector("[data-lock-error]").textContent = lock.dataset.offlineText;
    return null;
  }
  const content = contentOf(came);
  if (content && content.handle) {
    const heard = heardNow(content.now);
    const isShown = await take(content, heard, pin, [...(await opening), ...fromTabs]);
    if (isShown) return;
    await forgetWallet(); // wrapped with another PIN, from before a change on another device: new handles, new keys
    return send(form, true);
  }
  if (!content) return came.answer.redirected ? location.assign(came.answer.url) : form.submit();
  const page = new DOMParser().parseFromString(content.page, "text/html");
  const again = document.adoptNode(page.querySelector("[data-lock-page]"));
  lock.replaceWith(again);
  for (const each of again.querySelectorAll("form[data-enhance]")) enhanceAgain(each);
  const mark = again.dataset.titleMark;
  if (!document.title.startsWith(mark)) document.title = mark + document.title;
  const wrong = again.querySelector("[aria-invalid]");
  if (wrong) wrong.focus();
}

/** Holds the keys, shows the code, then wraps what is new. False when the phone's own key for it is missing or not the right one. */
async function take(content, heard, pin, held) {
  const known = new Map(held.map((entry) => [entry.handle, entry.key]));
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
  await showScreen(content, (root) => (root.dataset.now = Date.now() + heard.offset));
  storeWallet(pin, content.wallet, content.salt, heard).catch(() => {}); // no room or no IndexedDB: online all works
  return true;
}

/** Six digits as they may be typed: full width, with spaces. On the last step of activation the field has the same name. */
function pinOf(form) {
  return digitsOf(form.elements.pin.value);
}
