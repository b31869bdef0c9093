// What the poll tells is noted in the wallet, for the next time without a network: the server's clock, and that it spoke.

import { noteInWallet } from "./wallet.js";

const EVERY_MS = 60_000;
let toldAt = 0;

/** isNews: a use to be noted at once. */
export function tellWallet(clock, handle, lastUsed, isNews) {
  if (!isNews && Date.now() - toldAt < EVERY_MS) return;
  toldAt = Date.now();
  noteInWallet({ offset: clock.offset, heardAt: clock.seconds * 1000, openings: 0 }, handle, lastUsed);
}
