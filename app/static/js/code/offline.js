// Opening the wallet without a network: the phone itself counts wrong PINs and keeps to the limits that the server will hold it to.

import { changePlain } from "./keystore.js";
import { forgiveGuesses, noteInWallet, openWallet, walletState, NoWallet, Unreadable, WrongPin } from "./wallet.js";

const GUESSES = 5;
const LOCK_MS = 15 * 60000;
const DAY_MS = 86400000;
const SLACK_MS = 5 * 60000;

/** Why it does not open. reason: none | unread | silent | clock | locked | wrong; until: ms; left: guesses. */
export class Refused extends Error {
  constructor(reason, more = {}) {
    super(reason);
    Object.assign(this, { reason, ...more });
  }
}

/**
 * {entries, nowMs, isWorn}: the codes, the server's clock when they opened, and whether the phone was opened so often without a network that a code may
 * be refused at the desk. limits: {days, uses}. Throws Refused.
 */
export async function openOffline(pin, limits) {
  try {
    return await openWithin(pin, limits);
  } catch (error) {
    throw error instanceof Unreadable ? new Refused("unread") : error;
  }
}

async function openWithin(pin, limits) {
  const state = await walletState();
  if (!state || !state.entries.length) throw new Refused("none");
  const serverMs = () => Date.now() + state.offset; // asked anew each time: a slow phone derives for seconds
  const nowMs = serverMs();
  if (nowMs < state.heardAt - SLACK_MS) throw new Refused("clock");
  if (nowMs - state.heardAt >= limits.days * DAY_MS) throw new Refused("silent");
  const tries = await takeGuess().catch(() => Promise.reject(new Unreadable("tries")));
  if (!tries.isTaken) throw new Refused("locked", { until: tries.lockedUntil });
  let entries;
  try {
    entries = await openWallet(pin);
  } catch (error) {
    if (error instanceof NoWallet) throw new Refused("none");
    if (!(error instanceof WrongPin)) throw error;
    if (tries.lockedUntil) throw new Refused("locked", { until: tries.lockedUntil });
    throw new Refused("wrong", { left: GUESSES - tries.failures });
  }
  await forgiveGuesses();
  const openings = state.openings + 1;
  noteInWallet({ openings });
  return { entries, nowMs: serverMs(), isWorn: openings > limits.uses };
}

/** Takes a guess first and looks afterwards, in one step: two tabs have five guesses together. The fifth locks when it is taken. */
function takeGuess() {
  return changePlain("tries", (old = { failures: 0, lockedUntil: 0 }) => {
    if (old.lockedUntil > Date.now()) return { ...old, isTaken: false };
    const failures = old.lockedUntil ? 1 : old.failures + 1;
    return { failures, lockedUntil: failures >= GUESSES ? Date.now() + LOCK_MS : 0, isTaken: true };
  });
}
