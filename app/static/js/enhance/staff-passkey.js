// A passkey as the second factor: the browser signs with a known one, or makes one where the server asks for that.

import { makePasskey, signWithPasskey } from "../code/authenticator.js";
import { answerByPasskey } from "../code/passkey-form.js";
import { enhance } from "../app.js";

enhance("staff-passkey", (form) =>
  answerByPasskey(form, "/bureau/sign-in/passkey-challenges", (options) => (options.user ? makePasskey(options) : signWithPasskey(options))),
);
