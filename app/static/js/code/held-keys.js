// The keys this page draws with, in memory alone: by handle, with whose code it is. Gone on lock and with the page.

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
