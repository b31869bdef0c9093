// One file to the server in pieces. A broken connection costs one piece: asked again, the server says how much it has.

import { NoNetwork, ask as askServer, contentOf } from "../network.js";

const TRIES = 5;
const PAUSE_MS = 800;

export class Refused extends Error {} // the server's own sentence: sending again does not help
export class Trouble extends Error {} // the server's, for a moment: sending again may help

// where: address that begins uploads; token: of the form; fields: {subject, slot}; onProgress(share 0..1). -> the page's state
export async function sendFile(file, { where, token, fields, onProgress = () => {} }) {
  const asked = new URLSearchParams({ ...fields, size: file.size, fingerprint: `${file.name}:${file.lastModified}`.slice(0, 300) });
  const upload = await patiently(() => ask(where, { method: "POST", body: asked, headers: { "X-CSRFToken": token } }));
  let offset = upload.offset;
  for (;;) {
    onProgress(offset / file.size);
    const answer = await patiently(async () => {
      const piece = file.slice(offset, offset + upload.piece);
      const headers = { "X-CSRFToken": token, "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
      return ask(upload.url, { method: "PATCH", body: piece, headers });
    });
    offset = answer.offset;
    if (answer.page) {
      onProgress(1);
      return answer.page;
    }
  }
}

async function ask(url, options) {
  const came = await askServer(url, { redirect: "error", ...options });
  const { ok, status } = came.answer;
  const answer = contentOf(came) || {};
  if (ok || (status === 409 && "offset" in answer)) return answer;
  if (status < 500 && answer.what) throw new Refused(answer.what + (answer.next || ""));
  throw new Trouble(`status ${status}`);
}

async function patiently(act) {
  for (let left = TRIES; ; left--) {
    try {
      return await act();
    } catch (error) {
      const mayPass = error instanceof NoNetwork || error instanceof Trouble;
      if (!mayPass || left <= 1) throw error;
      await new Promise((done) => setTimeout(done, PAUSE_MS * (TRIES - left + 1)));
    }
  }
}
