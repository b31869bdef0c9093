// Draws codes with a presentation's key, exactly as docs/code-format.md says. The key is not extractable and lives in memory alone.

const TAG_BYTES = 12;
const TAG_DIGITS = 29;

/** `hex`: the key of 32 bytes as the server hands it out once. */
export async function importKey(hex) {
  const bytes = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  bytes.fill(0);
  return key;
}

export class Drawer {
  constructor(key, handle, lastUsed) {
    this.key = key;
    this.handle = handle;
    this.lastUsed = lastUsed; // issued-at of the last accepted code: accepting one kills all of that second or before
  }

  /** 61 digits, or 63 with a challenge's two. `seconds`: the server's clock. */
  async draw(seconds, challenge = "") {
    const issuedAt = Math.max(Math.floor(seconds), this.lastUsed + 1);
    const signed = `${challenge ? "81" : "80"}${this.handle}${String(issuedAt).padStart(10, "0")}${challenge}`;
    const mac = new Uint8Array(await crypto.subtle.sign("HMAC", this.key, new TextEncoder().encode(signed)));
    return { digits: signed + decimalOf(mac.subarray(0, TAG_BYTES)), issuedAt };
  }
}

/** 12 bytes as a decimal number of 29 digits. By hand: iOS 13 and Chromium 66 know no BigInt. */
export function decimalOf(bytes) {
  const parts = [0, 0, 0, 0, 0]; // seven digits each, the lowest first
  for (const byte of bytes) {
    let carry = byte;
    parts.forEach((part, i) => {
      const sum = part * 256 + carry;
      parts[i] = sum % 1e7;
      carry = Math.floor(sum / 1e7);
    });
  }
  const digits = parts.reverse().map((part) => String(part).padStart(7, "0"));
  return digits.join("").slice(-TAG_DIGITS);
}

// The keys this page draws with, in memory alone: by handle, with whose code it is. Gone on lock and with the page.
// Tabs of one browser share their keys: a second tab that claimed to hold none would end the first one's codes.

// eslint-disable-next-line compat/compat -- without it (iOS 15.3 and before) a second tab asks for the PIN
const channel = "BroadcastChannel" in window ? new BroadcastChannel("pingzheng-code") : null;
const PATIENCE_MS = 120;
let entries = [];

/** entries: as openWallet gives them. */
export function hold(found) {
  entries = found.filter((entry) => entry.key);
}

export function keyOf(handle) {
  const found = entries.find((entry) => entry.handle === handle);
  return found ? found.key : null;
}

/** By credential id; own when there is none. */
export function entryOf(credential) {
  return entries.find((entry) => (credential ? entry.credential === Number(credential) : entry.shownBy === "self")) || null;
}

export function listHeld() {
  return entries;
}

export function dropKeys() {
  entries = [];
}

/** Another tab's entries as above; none when no tab holds any. */
export function askForKeys() {
  if (!channel) return Promise.resolve([]);
  return new Promise((resolve) => {
    const finish = (found) => {
      channel.removeEventListener("message", listen);
      resolve(found);
    };
    const listen = ({ data }) => data.type === "keys" && finish(data.entries);
    channel.addEventListener("message", listen);
    channel.postMessage({ type: "ask" });
    setTimeout(() => finish([]), PATIENCE_MS);
  });
}

/** `current()` gives the entries this tab holds; `onLock` runs when any tab was locked. listening: a Listening. */
export function answerTabs(current, onLock, listening) {
  const answer = ({ data }) => {
    const entries = current();
    if (data.type === "ask" && entries.length) channel.postMessage({ type: "keys", entries });
    if (data.type === "lock") onLock();
  };
  if (channel) listening.on(channel, "message", answer);
}

export function tellLocked() {
  if (channel) channel.postMessage({ type: "lock" });
}
