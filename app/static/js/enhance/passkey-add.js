// The PIN first, then the phone asks for fingerprint or face, and what it made goes with the form, the PIN not again.

import { makePasskey } from "../code/authenticator.js";
import { answerByPasskey } from "../code/passkey-form.js";
import { enhance } from "../app.js";

enhance("passkey-add", (form) => {
  answerByPasskey(form, "/me/passkeys/challenges", async (options) => {
    const made = await makePasskey(options);
    form.elements.pin.value = "";
    return made;
  });
});
