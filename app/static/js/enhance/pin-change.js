// Changes the PIN by fetch, so that the answer brings new keys for no network and this page still knows the PIN to wrap them with.

import { digitsOf } from "../code/typed.js";
import { forgetWallet, heardNow, storeWallet } from "../code/wallet.js";
import { enhance, enhanceAgain } from "../app.js";
import { NoNetwork, ask, contentOf, tellFault } from "../network.js";
import { focusErrors } from "./error-focus.js";

enhance("pin-change", changeByFetch);

function changeByFetch(form) {
  if (!window.crypto.subtle || !window.indexedDB) return;
  form.addEventListener("submit", (event) => change(event, form));
}

async function change(event, form) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  const pin = digitsOf(form.elements.pin.value);
  try {
    const came = await ask(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form)),
    });
    const content = contentOf(came);
    if (content) {
      await keepInstead(pin, content, heardNow(content.now));
      return location.assign(content.next);
    }
    if (came.answer.redirected) return location.assign(came.answer.url);
    return showAgain(came.text);
  } catch (error) {
    if (!(error instanceof NoNetwork)) tellFault(error);
    form.submit(); // no network: the browser says so, and nothing typed is lost
  } finally {
    button.disabled = false;
  }
}

/** What was kept is over on the server. Without room for the new keys the next unlock brings others. */
async function keepInstead(pin, { wallet, salt }, heard) {
  await forgetWallet();
  await storeWallet(pin, wallet, salt, heard).catch(() => {});
}

/** A refusal comes as the whole page: its main part takes the place of this one. */
function showAgain(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const main = document.adoptNode(page.querySelector("main"));
  document.querySelector("main").replaceWith(main);
  document.title = page.title;
  const again = main.querySelector("[data-enhance~=pin-change]");
  if (again) enhanceAgain(again);
  const summary = main.querySelector(".error-summary");
  if (summary) focusErrors(summary);
}
