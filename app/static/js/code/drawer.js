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
