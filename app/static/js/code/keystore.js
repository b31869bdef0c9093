// Where the phone keeps the keys of its codes, and what stands before them. The attacks considered stand in docs/adr (offline codes).
//
// A key is masked with the display PIN, and all that is kept lies under AES-CTR with a key of this device that script can use but not
// read. No tag anywhere: whoever copies the store cannot tell the right PIN from a wrong one, but for one check value of 0 to 99.

export const ROUNDS = 600000; // of PBKDF2-SHA256: OWASP's figure
const DATABASE = "pingzheng-wallet";
const STORE = "kept";
const KEY_BYTES = 32;
let opening = null;

/** What a PIN opens: {salt, rounds, check, pads}. `pads` makes the mask of each handle and cannot be read. */
export async function deriveLock(pin, salt, rounds = ROUNDS) {
  const typed = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  const bytes = new Uint8Array(await crypto.subtle.deriveBits(how, typed, (KEY_BYTES + 2) * 8));
  const check = ((bytes[KEY_BYTES] << 8) | bytes[KEY_BYTES + 1]) % 100;
  const pads = await crypto.subtle.importKey("raw", bytes.subarray(0, KEY_BYTES), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  bytes.fill(0);
  return { salt, rounds, check, pads };
}

/** Masks 32 bytes, or takes the mask off. One mask may not cover two keys, so each handle has its own, made from the 32 bytes. */
export async function mask(lock, handle, bytes) {
  const pad = new Uint8Array(await crypto.subtle.sign("HMAC", lock.pads, new TextEncoder().encode(handle)));
  return bytes.map((byte, i) => byte ^ pad[i]);
}

/** Keeps this content (plain data) under the device key, with a fresh counter each time. */
export async function keep(name, content) {
  const key = await deviceKey();
  const counter = crypto.getRandomValues(new Uint8Array(16));
  const plain = new TextEncoder().encode(JSON.stringify(content));
  const sealed = await crypto.subtle.encrypt({ name: "AES-CTR", counter, length: 64 }, key, plain);
  await inStore("readwrite", (store) => store.put({ counter, sealed }, name));
}

/** What was kept, or null: nothing there, evicted, or the device key is another one. Throws when it cannot be read. */
export async function recall(name) {
  const [key, record] = await inStore("readonly", (store) => [store.get("device-key"), store.get(name)]);
  if (!key || !record) return null;
  const plain = await crypto.subtle.decrypt({ name: "AES-CTR", counter: record.counter, length: 64 }, key, record.sealed);
  try {
    return JSON.parse(new TextDecoder().decode(plain));
  } catch (garbled) {
    return null;
  }
}

/** Reads a plain record, changes it and writes it back in one step, also between tabs. `change(old)` gives the new one. */
export function changePlain(name, change) {
  return inStore("readwrite", (store) => {
    const found = store.get(name);
    const changed = { result: null };
    found.onsuccess = () => {
      changed.result = change(found.result);
      store.put(changed.result, name);
    };
    return changed;
  });
}

export function forgetAll() {
  return new Promise((resolve) => {
    if (!window.indexedDB) return resolve();
    const request = indexedDB.deleteDatabase(DATABASE);
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
}

async function deviceKey() {
  const known = await inStore("readonly", (store) => store.get("device-key")).catch(() => null);
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: "AES-CTR", length: 256 }, false, ["encrypt", "decrypt"]);
  await inStore("readwrite", (store) => store.put(made, "device-key"));
  return made;
}

/** Runs `work(store)` in one transaction; what it gave has its `result` then: one request, or several in a list. */
async function inStore(mode, work) {
  try {
    return await run(mode, work);
  } catch (error) {
    if (!isLost(error)) throw error;
    opening = null;
    return run(mode, work);
  }
}

async function run(mode, work) {
  const database = await open();
  const given = await new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const requests = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(requests);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
  return Array.isArray(given) ? given.map((request) => request.result) : given && given.result;
}

/** Whether the connection is gone, which is told in as many ways as there are browsers (WebKit: "Connection to Indexed Database server lost"). */
function isLost(error) {
  return !error || ["UnknownError", "InvalidStateError", "AbortError", "TransactionInactiveError"].includes(error.name);
}

/** One connection for as long as the page lives, or until a tab forgets: opening and closing for each look loses the race with itself. */
function open() {
  if (opening) return opening;
  const mine = new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.onversionchange = request.result.onclose = () => {
        request.result.close();
        if (opening === mine) opening = null;
      };
      resolve(request.result);
    };
  });
  opening = mine;
  mine.catch(() => (opening = null));
  return mine;
}
