// Opens the code by fingerprint or face. The phone's keys stay wrapped with the PIN, so the server draws the codes.

import { askFor, signWithPasskey } from "../code/authenticator.js";
import { enhance } from "../app.js";
import { NoNetwork } from "../network.js";

enhance("passkey-unlock", unlockByPasskey);

function unlockByPasskey(form) {
  const button = form.querySelector("button");
  button.disabled = false;
  if (!window.PublicKeyCredential) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const says = form.querySelector("[data-passkey-error]");
    button.disabled = true;
    says.textContent = "";
    try {
      const { content, movedTo } = await askFor("/code/passkey-challenges", form);
      if (!content) return location.assign(movedTo || "/code");
      form.elements.answer.value = await signWithPasskey(content);
      form.submit();
    } catch (error) {
      says.textContent = error instanceof NoNetwork ? says.dataset.offline : says.dataset.cancelled;
      button.disabled = false;
    }
  });
}
