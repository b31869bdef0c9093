// Changes the PIN by fetch, so that the answer brings new keys for no network and this page still knows the PIN to wrap them with.

import { digitsOf } from "../code/typed.js";

export default function changeByFetch(form) {
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return;
  const wallet = import("../code/wallet.js");
  return wallet.then(() => form.addEventListener("submit", (event) => change(event, form, wallet)), () => {});
}

async function change(event, form, wallet) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  const pin = digitsOf(form.elements.pin.value);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (isJson) {
      const given = await answer.json();
      await keepInstead(await wallet, pin, given);
      return location.assign(given.next);
    }
    if (answer.redirected) return location.assign(answer.url);
    return showAgain(form, await answer.text());
  } catch {
    form.submit(); // no network: the browser says so, and nothing typed is lost
  } finally {
    button.disabled = false;
  }
}

/** What was kept is over on the server. Without room for the new keys the next unlock brings others. */
async function keepInstead({ forgetWallet, storeWallet }, pin, { wallet, salt, now }) {
  await forgetWallet();
  await storeWallet(pin, wallet, salt, now).catch(() => {});
}

/** A refusal comes as the whole page: its main part takes the place of this one. */
function showAgain(form, text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = document.adoptNode(page.querySelector("main"));
  document.querySelector("main").replaceWith(main);
  document.title = page.title;
  const again = main.querySelector("[data-enhance~=pin-change]");
  if (again) changeByFetch(again)?.then(() => (again.dataset.isReady = ""));
  const summary = main.querySelector(".error-summary");
  if (summary) import("./error-focus.js").then((module) => module.default(summary));
}
