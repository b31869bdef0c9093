// A form whose hidden `answer` comes from the browser's own dialog for passkeys: asked for, filled in, sent.

import { askFor } from "./authenticator.js";
import { NoNetwork } from "../network.js";

/** challenges: where the options come from. answerTo: options to what the authenticator said. Without passkeys the server says so when it is pressed. */
export function answerByPasskey(form, challenges, answerTo) {
  const button = form.querySelector("button");
  button.disabled = false;
  if (!window.PublicKeyCredential) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const says = form.querySelector("[data-passkey-error]");
    button.disabled = true;
    says.textContent = "";
    try {
      const { content, refusal, movedTo } = await askFor(challenges, form);
      if (movedTo) return location.assign(movedTo);
      if (content) {
        form.elements.answer.value = await answerTo(content);
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
  if (error instanceof NoNetwork) return words.offline;
  if (error.name === "InvalidStateError") return words.exists;
  return error.name === "NotSupportedError" ? words.missing : words.cancelled;
}
