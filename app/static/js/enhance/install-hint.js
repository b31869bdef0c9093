// Where the browser can put the site onto the home screen by itself, the hint's link asks it to; elsewhere the link explains how.

import { enhance } from "../app.js";
import { ask } from "../network.js";

enhance("install-hint", offerInstalling);

function offerInstalling(hint) {
  const link = hint.querySelector("[data-install]");
  let prompt = null;
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault(); // the browser's own banner would come unasked
    prompt = event;
  });
  addEventListener("appinstalled", () => dismiss(hint));
  link.addEventListener("click", async (event) => {
    if (!prompt) return;
    event.preventDefault();
    const asked = prompt;
    prompt = null; // it can be used once
    await asked.prompt();
    const choice = await asked.userChoice;
    if (choice && choice.outcome === "accepted") await dismiss(hint);
  });
  hint.querySelector("[data-dismissal]").addEventListener("submit", (event) => {
    event.preventDefault();
    dismiss(hint);
  });
}

/** Remembered by the server's cookie, as without script. */
async function dismiss(hint) {
  const form = hint.querySelector("[data-dismissal]");
  hint.remove();
  await ask(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" }).catch(() => {}); // it comes again then
}
