// Speaks to the phone's own fingerprint or face. JSON carries bytes as base64url.

import { ask, contentOf } from "../network.js";

/** POSTs the form's fields; {content} or {refusal}. Throws NoNetwork. */
export async function askFor(address, form) {
  const came = await ask(address, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) });
  if (came.answer.redirected) return { movedTo: came.answer.url };
  const content = contentOf(came);
  return came.answer.ok && content ? { content } : { refusal: (content && content.refusal) || "" };
}

export async function makePasskey(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: options.excludeCredentials.map((known) => ({ ...known, id: bytes(known.id) })),
  };
  const made = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = made.response;
  return answerOf(made, { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) });
}

export async function signWithPasskey(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: options.allowCredentials.map((known) => ({ ...known, id: bytes(known.id) })),
  };
  const signed = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = signed.response;
  const handle = userHandle ? text(userHandle) : null;
  return answerOf(signed, {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: handle,
  });
}

function answerOf(credential, response) {
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {}, response });
}

function bytes(base64url) {
  return Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
}

function text(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
}
