// Changes the PIN by fetch, so that what this phone keeps for no network is wrapped with the new one. Else its keys are made anew.

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
  const [old, next] = [form.elements.old.value, form.elements.pin.value].map(digitsOf);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (isJson) {
      const { next: page } = await answer.json();
      await wrapAnew(await wallet, old, next);
      return location.assign(page);
    }
    if (answer.redirected) return location.assign(answer.url);
    return showAgain(form, await answer.text());
  } catch {
    form.submit(); // no network: the browser says so, and nothing typed is lost
  } finally {
    button.disabled = false;
  }
}

/** Keys that cannot be wrapped anew are forgotten: the next unlock gets others. */
async function wrapAnew({ isWalletThere, rewrapWallet, forgetWallet }, old, next) {
  try {
    if (await isWalletThere()) await rewrapWallet(old, next);
  } catch {
    await forgetWallet();
  }
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
