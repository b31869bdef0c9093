// A passkey as the second factor: the browser signs with a known one, or makes one where the server asks for that.

import { askFor, makePasskey, signWithPasskey } from "../code/authenticator.js";

const CHALLENGES = "/bureau/sign-in/passkey-challenges";

export default function staffPasskey(form) {
  if (!globalThis.PublicKeyCredential) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const says = form.querySelector("[data-passkey-error]");
    button.disabled = true;
    says.textContent = "";
    try {
      const { content, refusal, movedTo } = await askFor(CHALLENGES, form);
      if (movedTo) return location.assign(movedTo);
      if (content) {
        form.elements.answer.value = await (content.user ? makePasskey(content) : signWithPasskey(content));
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
