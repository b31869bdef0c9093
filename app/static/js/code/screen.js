// The code on the screen: a new one every 30 s, its picture, digits and countdown changed in one step.

import { Denial, Listening, keepAwake, sayLine, watchVisibility } from "./around.js";
import { Challenge } from "./challenge.js";
import { Drawer, answerTabs, dropKeys, keyOf, listHeld, tellLocked } from "./drawer.js";
import { LiveState, ServerClock } from "./live-state.js";
import { encode, pathOf } from "./qr.js";
import { load } from "../app.js";
import { ask, tellFault } from "../network.js";
import { offerReading } from "./reading.js";
import { closeWallet, forgetWallet, isWalletThere, tellWallet } from "./wallet.js";

const NOTICE_MS = 8000;

export class CodeScreen {
  /**
   * Draws with the key held for the root's handle, or lets the server draw (after a reload, or without WebCrypto).
   * isLocal: opened by the phone itself, without a network; the server has seen no PIN then. isWorn: it may be refused at the desk.
   */
  constructor(root, { isLocal = false, isWorn = false, isOffline = isLocal } = {}) {
    const find = (name) => root.querySelector(name);
    this.root = root;
    this.picture = find("[data-code]");
    this.modules = find("[data-modules]");
    this.seconds = find("[data-seconds]");
    this.typed = find("[data-typed]");
    this.status = find("[data-status]");
    this.pauseLink = find("[data-pause]");
    this.period = Number(root.dataset.period);
    this.lives = Number(root.dataset.lives);
    this.relockMs = Number(root.dataset.relock) * 1000;
    this.issuedAt = Number(root.dataset.issuedAt);
    this.typedUntil = Number(root.dataset.typedUntil);
    this.lastUsed = Number(root.dataset.lastUsed);
    this.handle = root.dataset.handle;
    this.clock = new ServerClock(Number(root.dataset.now));
    const key = keyOf(this.handle);
    this.drawer = key && new Drawer(key, this.handle, this.lastUsed);
    Object.assign(this, { isLocal, isWorn });
    this.listening = new Listening();
    this.drawnAt = this.clock.seconds;
    this.isPaused = location.search.includes("paused");
    this.isOffline = isOffline;
    this.isDrawing = this.isLocked = this.isBroken = false;
    root.classList.toggle("is-local", isLocal);
    this.turn = this.period; // how long the code on the screen stays
    this.challenge = new Challenge(this);
    this.denial = new Denial(root);
    this.live = new LiveState(`/code/state?of=${root.dataset.of}`, this.clock, {
      state: (content) => this.hearState(content),
      gone: (status) => this.hearGone(status),
      offline: (isOffline) => this.hearNetwork(isOffline),
      broken: () => (this.isBroken = true), // from now on the page renews itself as it does without script
    });
  }

  start() {
    const { listening } = this;
    this.root.querySelector("[data-refresh]").addEventListener("click", (event) => {
      event.preventDefault();
      this.draw();
    });
    this.pauseLink.addEventListener("click", (event) => this.togglePause(event));
    this.root.querySelector("[data-lock]").addEventListener("submit", (event) => this.lockByHand(event));
    watchVisibility(this.relockMs, { hide: () => this.live.stop(), lock: () => this.leave(), see: () => this.see() }, listening);
    listening.on(window, "online", () => this.live.ask());
    listening.on(window, "pageshow", (event) => event.persisted && this.leave());
    answerTabs(listHeld, () => this.leave(), listening);
    if (this.root.querySelector("[data-person]")) {
      load("code/people.js").then(({ offerPeople }) => offerPeople(this, (root, how) => new CodeScreen(root, how).start()), () => {});
    }
    keepAwake();
    offerReading(this.root.querySelector("[data-speak]"), () => this.typed.textContent);
    this.root.classList.toggle("is-paused", this.isPaused);
    this.say();
    this.beat();
    this.ticker = setInterval(() => this.beat(), 250);
    this.live.start();
  }

  beat() {
    if (this.isLocked) return;
    const now = this.clock.seconds;
    const left = Math.ceil(this.drawnAt + this.turn - now);
    this.seconds.textContent = Math.min(this.turn, Math.max(0, left));
    if (now >= this.typedUntil) this.typed.textContent = "";
    if (!this.isPaused && document.visibilityState === "visible" && (left <= 0 || left > this.turn + 5)) this.draw();
    const isStale = now > this.issuedAt + this.lives || this.issuedAt <= this.lastUsed;
    if (isStale !== this.root.classList.contains("is-stale")) {
      this.root.classList.toggle("is-stale", isStale);
      this.say();
      if (isStale && this.isOffline && !this.drawer) this.turnToWallet();
    }
  }

  async draw() {
    if (this.isDrawing || this.isLocked) return;
    const isAlone = this.isLocal || this.isOffline; // the server's page cannot be had, or would ask for the PIN
    if (this.isBroken && !isAlone) return this.leave();
    this.isDrawing = true;
    try {
      if (this.drawer) {
        const { digits, issuedAt } = await this.drawer.draw(this.clock.seconds);
        this.show(digits, pathOf(encode(digits)), issuedAt);
      } else {
        await this.drawOnServer();
      }
    } catch (error) {
      tellFault(error);
      this.isBroken = true;
      if (isAlone) this.drawnAt = this.clock.seconds; // the next try is due in one period
    } finally {
      this.isDrawing = false;
    }
  }

  async drawOnServer() {
    const drawer = await load("code/server-drawn.js").catch(() => null);
    if (drawer) return drawer.showServerDrawn(this);
    this.drawnAt = this.clock.seconds;
    return this.hearNetwork(true); // a file of ours that does not come is a network that is not there
  }

  /** turn: how long it stays, in seconds; the answer to a desk's question stays for all its life. */
  show(digits, path, issuedAt, turn = this.period) {
    if (this.isLocked) return;
    this.turn = turn;
    if (turn === this.period) this.challenge.end();
    this.root.classList.toggle("is-answer", turn !== this.period);
    this.picture.dataset.code = digits;
    this.modules.setAttribute("d", path);
    this.issuedAt = issuedAt;
    this.drawnAt = this.clock.seconds;
    this.seconds.textContent = turn;
    const bar = this.root.querySelector("[data-bar]");
    bar.replaceWith(bar.cloneNode()); // starts its animation anew
    this.root.classList.remove("is-stale");
    if (["expired", "answer"].includes(this.status.dataset.kind)) this.say();
  }

  hearState({ handle, last_used: lastUsed, typed, typed_until: until, place, at, challenge }) {
    if (handle !== this.handle) return this.leave();
    tellWallet(this.clock, handle, lastUsed, lastUsed > this.lastUsed);
    if (typed) this.hearTyped(typed.replace(/(\d{4})(?=\d)/g, "$1 "), until);
    const isNews = lastUsed > this.lastUsed;
    this.lastUsed = Math.max(lastUsed, this.lastUsed);
    this.challenge.hear(challenge);
    if (!isNews) return;
    this.denial.about(lastUsed);
    if (this.drawer) this.drawer.lastUsed = Math.max(this.drawer.lastUsed, lastUsed);
    const { usedText, usedAtText } = this.root.dataset;
    this.used = (place ? usedAtText.replace("{place}", () => place) : usedText).replace("{time}", () => at || this.clock.hhmm);
    setTimeout(() => {
      this.used = "";
      this.say();
    }, NOTICE_MS);
    this.say();
    if (!this.isPaused) this.draw();
  }

  hearTyped(text, until) {
    this.typedUntil = until;
    if (this.typed.textContent !== text) this.typed.textContent = text;
  }

  /** 423: the server has seen no PIN, the phone has: its codes are right, and nobody at a desk should have to wait for typing. */
  async hearGone(status) {
    if (status === 423 && this.isLocal) {
      this.hearNetwork(false);
      tellWallet(this.clock, this.handle, this.lastUsed, false);
      this.live.start();
      return;
    }
    if (status === 0) await forgetWallet(); // the session is over here, or the device was removed: what it kept goes too
    this.leave();
  }

  hearNetwork(isOffline) {
    if (this.isOffline === isOffline) return;
    this.isOffline = isOffline;
    this.say();
  }

  say() {
    this.denial.show(sayLine(this) === "used");
    this.challenge.offer(this.isOffline);
  }

  togglePause(event) {
    event.preventDefault();
    this.isPaused = !this.isPaused;
    const { textContent: words, dataset } = this.pauseLink;
    [this.pauseLink.textContent, dataset.other] = [dataset.other, words];
    this.root.classList.toggle("is-paused", this.isPaused);
    const note = this.root.querySelector("[data-paused-note]");
    if (note) note.remove();
    if (!this.isPaused) this.draw();
  }

  see() {
    keepAwake();
    this.beat();
    this.live.start();
    this.live.ask();
  }

  async lockByHand(event) {
    event.preventDefault();
    this.forget();
    tellLocked();
    try {
      await ask(event.target.action, { method: "POST", body: new URLSearchParams(new FormData(event.target)), keepalive: true });
    } finally {
      location.replace(this.root.dataset.here);
    }
  }

  /** The server cannot draw, this page holds no key, but the phone may: it asks for the PIN. */
  async turnToWallet() {
    if (await isWalletThere().catch(() => false)) this.leave();
  }

  /** The key and the picture are gone at once; then the page asks for the PIN, or says why there is nothing to show. */
  leave() {
    if (this.isLocked) return;
    this.forget();
    location.replace(this.root.dataset.here);
  }

  /** Another screen takes the place of this one. */
  stop() {
    this.isLocked = true;
    this.drawer = null;
    clearInterval(this.ticker);
    this.live.stop();
    this.listening.end();
  }

  forget() {
    this.stop();
    dropKeys();
    closeWallet();
    this.modules.setAttribute("d", "");
    this.picture.dataset.code = "";
    this.typed.textContent = "";
  }
}
