// The PIN first, then the phone asks for fingerprint or face, and what it made goes with the form.

import { askFor, makePasskey } from "../code/authenticator.js";

export default function addPasskey(form) {
  if (!globalThis.PublicKeyCredential) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const says = form.querySelector("[data-passkey-error]");
    button.disabled = true;
    says.textContent = "";
    try {
      const { content, refusal, movedTo } = await askFor("/me/passkeys/challenges", form);
      if (movedTo) return location.assign(movedTo);
      if (content) {
        form.elements.answer.value = await makePasskey(content);
        form.elements.pin.value = "";
        return form.submit();
      }
      says.textContent = refusal || says.dataset.cancelled;
    } catch (error) {
      says.textContent = sentenceFor(error, says.dataset);
    }
    button.disabled = false;
  });
}

function sentenceFor(error, words) {
  if (error instanceof TypeError) return words.offline;
  if (error.name === "InvalidStateError") return words.exists;
  return error.name === "NotSupportedError" ? words.missing : words.cancelled;
}
