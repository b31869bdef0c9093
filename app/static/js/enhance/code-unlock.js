// Sends the unlock form by fetch, so that the page that gets the key is the page that draws. Without WebCrypto the form goes its own way.

import { askForKey } from "../code/tabs.js";
import { showUnlocked } from "./code-page.js";

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

async function send(form) {
  const lock = form.closest("[data-lock-page]");
  const held = await askForKey();
  let answer, content;
  try {
    const headers = { Accept: "application/json", "X-Pz-Holds": held?.handle ?? "" };
    answer = await fetch(form.action, { method: "POST", headers, body: new URLSearchParams(new FormData(form)) });
    content = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : null;
  } catch {
    lock.querySelector("[data-lock-error]").textContent = lock.dataset.offlineText;
    return;
  }
  if (content?.handle) return showUnlocked(content, held?.key);
  if (!content) return answer.redirected ? location.assign(answer.url) : form.submit();
  const page = new DOMParser().parseFromString(content.page, "text/html");
  const again = document.adoptNode(page.querySelector("[data-lock-page]"));
  lock.replaceWith(again);
  unlockByFetch(again.querySelector("form"));
  const mark = again.dataset.titleMark;
  if (!document.title.startsWith(mark)) document.title = mark + document.title;
  again.querySelector("[aria-invalid]")?.focus();
}
