// The codes this phone can show without a network: own and family, each key wrapped with the holder's display PIN (see keystore.js).

import { importKey } from "./drawer.js";
import { changePlain, deriveLock, forgetAll, keep, mask, recall } from "./keystore.js";

const NAME = "wallet";
const TELL_EVERY_MS = 60000;
const JUMP_MS = 5000;

export class WrongPin extends Error {}
export class NoWallet extends Error {}
export class Unreadable extends Error {} // there may be something, but the browser does not give it

let lastTurn = Promise.resolve();
let toldAt = 0;
let toldOffset = 0;
let opened = null; // the lock of the PIN that was typed last: lets a new key be wrapped without deriving again

/** Throws Unreadable. */
export async function isWalletThere() {
  return (await load()) !== null;
}

/** Whether this phone could keep codes for no network and keeps none: its PIN went to the server before the script was there. */
export function isWalletMissing() {
  const canKeep = window.crypto.subtle && window.indexedDB;
  return canKeep ? recall(NAME).then((content) => content === null, () => false) : Promise.resolve(false);
}

/** The handles whose keys this phone has; needs no PIN. */
export async function walletHandles() {
  const content = await load().catch(() => null); // the server hands out other keys then
  return (content ? content.entries : []).map((entry) => entry.handle);
}

/** {offset, heardAt, openings}: the server's clock less the phone's, when the server last spoke (its ms), openings without it since. Throws Unreadable. */
export async function walletState() {
  return load();
}

/**
 * [{credential, handle, key, label, name, colour, shownBy, lastUsed}], the keys not extractable. Throws NoWallet, Unreadable, or WrongPin for 99 of
 * 100 wrong PINs: the hundredth yields keys whose codes only the server can tell from right ones.
 */
export async function openWallet(pin) {
  const content = await load();
  if (!content) throw new NoWallet();
  performance.mark("pz-derive");
  const lock = await deriveLock(pin, bytesOf(content.salt), content.rounds);
  performance.measure("pz-derived", "pz-derive");
  if (lock.check !== content.check) throw new WrongPin();
  opened = lock;
  return Promise.all(
    content.entries.map(async ({ masked, ...entry }) => ({ ...entry, key: await importKey(hexOf(await mask(lock, entry.handle, bytesOf(masked)))) })),
  );
}

/**
 * Keeps what the server's answer to an unlock lists: [{credential, handle, key (hex) or null, label, name, colour, shown_by}]. A null key
 * is one the phone has already. What is not listed any more is forgotten. No key is ever masked twice: a copy of the store from before and
 * one from after would tell it, and the PINs with it. salt: hex, the server's for this PIN on this device. heard: see heardNow.
 */
export function storeWallet(pin, lines, salt, heard) {
  return exclusively(async () => {
    const old = await load();
    const isSame = old && opened && hexOf(opened.salt) === old.salt;
    const lock = isSame ? opened : await deriveLock(pin, bytesOf(salt));
    const known = new Map(isSame ? old.entries.map((entry) => [entry.handle, entry]) : []);
    const entries = [];
    for (const { credential, handle, key, label, name, colour, shown_by: shownBy } of lines) {
      const before = known.get(handle) || { masked: "", lastUsed: 0 };
      const masked = key ? hexOf(await mask(lock, handle, bytesOf(key))) : before.masked;
      if (masked) entries.push({ credential, handle, masked, label, name, colour, shownBy, lastUsed: before.lastUsed });
    }
    opened = lock;
    await keep(NAME, { salt: hexOf(lock.salt), rounds: lock.rounds, check: lock.check, entries, ...heard, openings: 0 });
    await forgiveGuesses();
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {}); // a browser in need of space should not take the offline codes first
  });
}

/** What an answer that has just come says of the server's clock; later would be wrong by all the seconds a PIN takes to be derived. */
export function heardNow(serverMs) {
  return { offset: serverMs - Date.now(), heardAt: serverMs };
}

/** The PIN was right, here or on the server: wrong ones typed without a network count no more. */
export function forgiveGuesses() {
  return changePlain("tries", () => ({ failures: 0, lockedUntil: 0 })).catch(() => {});
}

export async function forgetWallet() {
  opened = null;
  await forgetAll();
}

/** Locked: what the PIN opened is forgotten here; what is kept stays. */
export function closeWallet() {
  opened = null;
}

/** Notes what is known of the server: {offset, heardAt, openings}, and for a handle the last use it told of. Opens nothing. */
export function noteInWallet(changes, handle = "", lastUsed = 0) {
  return exclusively(async () => {
    const content = await load();
    if (!content) return;
    const entries = content.entries.map((entry) => (entry.handle === handle && lastUsed > entry.lastUsed ? { ...entry, lastUsed } : entry));
    await keep(NAME, { ...content, ...changes, entries });
  }).catch(() => {});
}

/** What the poll tells is noted for the next time without a network; at once a use (isNews), or a server's clock that was put right. */
export function tellWallet(clock, handle, lastUsed, isNews) {
  const isSet = Math.abs(clock.offset - toldOffset) > JUMP_MS;
  if (!isNews && !isSet && Date.now() - toldAt < TELL_EVERY_MS) return;
  toldAt = Date.now();
  toldOffset = clock.offset;
  noteInWallet({ offset: clock.offset, heardAt: clock.seconds * 1000, openings: 0 }, handle, lastUsed);
}

/** Null: nothing there. Throws Unreadable. */
async function load() {
  if (!window.indexedDB) return null;
  try {
    return await recall(NAME);
  } catch (error) {
    throw new Unreadable(String(error));
  }
}

/** One at a time, among all tabs where the browser can do that, else in this one (Chromium 64): what two tabs write at the same time is the same. */
function exclusively(work) {
  if (navigator.locks) return navigator.locks.request("pingzheng-wallet", work);
  const turn = lastTurn.then(work);
  lastTurn = turn.catch(() => {});
  return turn;
}

function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
}

function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
