// One file to the server in pieces. A broken connection costs one piece: asked again, the server says how much it has.

import { NoNetwork, ask as askServer, contentOf } from "../network.js";

const TRIES = 5;
const PAUSE_MS = 800;
const BUSY_TRIES = 30; // others' photos are being read: it is our turn soon
const BUSY_SECONDS = 15; // the longest pause the server may ask for

export class Refused extends Error {} // the server's own sentence: sending again does not help
export class Busy extends Error {} // the server's own sentence: sending again helps, and nothing that was sent is lost
export class Trouble extends Error {} // the server's, for a moment: sending again may help

// where: address that begins uploads; token: of the form; fields: {subject, slot}; onProgress(share 0..1); onWait() whenever others
// come first. -> the page's state
export async function sendFile(file, { where, token, fields, onProgress = () => {}, onWait = () => {} }) {
  const asked = new URLSearchParams({ ...fields, size: file.size, fingerprint: `${file.name}:${file.lastModified}`.slice(0, 300) });
  const upload = await patiently(() => ask(where, { method: "POST", body: asked, headers: { "X-CSRFToken": token } }));
  let offset = upload.offset;
  for (;;) {
    onProgress(offset / file.size);
    const answer = await patiently(async () => {
      const piece = file.slice(offset, offset + upload.piece);
      const headers = { "X-CSRFToken": token, "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
      return ask(upload.url, { method: "PATCH", body: piece, headers });
    }, onWait);
    offset = answer.offset;
    if (answer.page) {
      onProgress(1);
      return answer.page;
    }
  }
}

async function ask(url, options) {
  const came = await askServer(url, { redirect: "error", ...options });
  const { ok, status, headers } = came.answer;
  const answer = contentOf(came) || {};
  if (ok || (status === 409 && "offset" in answer)) return answer;
  const sentence = answer.what ? answer.what + (answer.next || "") : "";
  if (status < 500 && sentence) throw new Refused(sentence);
  if (answer.code === "photos_busy") {
    const busy = new Busy(sentence);
    busy.seconds = Math.min(Number(headers.get("Retry-After")) || 1, BUSY_SECONDS);
    throw busy;
  }
  throw new Trouble(`status ${status}`);
}

// A pause differs from phone to phone, so that those who were sent away together do not come back together.
async function patiently(act, onWait = () => {}) {
  let tries = 0, waits = 0;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (error instanceof Busy) {
        if (++waits >= BUSY_TRIES) throw error;
        onWait();
        await pause(error.seconds * 1000 * (0.5 + Math.random()));
      } else {
        const mayPass = error instanceof NoNetwork || error instanceof Trouble;
        if (!mayPass || ++tries >= TRIES) throw error;
        await pause(PAUSE_MS * tries);
      }
    }
  }
}

function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
