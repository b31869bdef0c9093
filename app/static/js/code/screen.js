// The code on the screen: a new one every 30 s, its picture, digits and countdown changed in one step.

import { Drawer } from "./drawer.js";
import { LiveState } from "./live-state.js";
import { encode, pathOf } from "./qr.js";
import { ServerClock } from "./server-clock.js";
import { keepAwake } from "./awake.js";
import { offerReading } from "./reading.js";
import { answerTabs, tellLocked } from "./tabs.js";

const NOTICE_MS = 8000;
const CODE_URL = "/code";

export class CodeScreen {
  /** `key`: the presentation's, or null when the server draws (after a reload, or without WebCrypto). */
  constructor(root, key) {
    const find = (name) => root.querySelector(name);
    this.root = root;
    this.picture = find("[data-code]");
    this.modules = find("[data-modules]");
    this.seconds = find("[data-seconds]");
    this.typed = find("[data-typed]");
    this.status = find("[data-status]");
    this.notMe = find("[data-not-me]");
    this.pauseLink = find("[data-pause]");
    this.period = Number(root.dataset.period);
    this.lives = Number(root.dataset.lives);
    this.relockMs = Number(root.dataset.relock) * 1000;
    this.issuedAt = Number(root.dataset.issuedAt);
    this.typedUntil = Number(root.dataset.typedUntil);
    this.lastUsed = Number(root.dataset.lastUsed);
    this.handle = root.dataset.handle;
    this.clock = new ServerClock(Number(root.dataset.now));
    this.drawer = key && new Drawer(key, this.handle, this.lastUsed);
    this.drawnAt = this.clock.seconds;
    this.isPaused = location.search.includes("paused");
    this.isOffline = false;
    this.isDrawing = false;
    this.isLocked = false;
    this.live = new LiveState(this.clock, {
      state: (content) => this.hearState(content),
      gone: () => this.leave(),
      offline: (isOffline) => this.hearNetwork(isOffline),
    });
  }

  start() {
    this.root.querySelector("[data-refresh]").addEventListener("click", (event) => this.refresh(event));
    this.pauseLink.addEventListener("click", (event) => this.togglePause(event));
    this.root.querySelector("[data-lock]").addEventListener("submit", (event) => this.lockByHand(event));
    document.addEventListener("visibilitychange", () => this.seeOrHide());
    addEventListener("online", () => this.live.ask());
    addEventListener("pageshow", (event) => event.persisted && this.leave());
    answerTabs(() => this.drawer && { handle: this.handle, key: this.drawer.key }, () => this.leave());
    keepAwake();
    offerReading(this.root.querySelector("[data-speak]"), () => this.typed.textContent);
    this.root.classList.toggle("is-paused", this.isPaused);
    this.beat();
    this.ticker = setInterval(() => this.beat(), 250);
    this.live.start();
  }

  beat() {
    if (this.isLocked) return;
    const now = this.clock.seconds;
    const left = Math.ceil(this.drawnAt + this.period - now);
    this.seconds.textContent = Math.min(this.period, Math.max(0, left));
    if (now >= this.typedUntil) this.typed.textContent = "";
    if (!this.isPaused && document.visibilityState === "visible" && (left <= 0 || left > this.period + 5)) this.draw();
    const isStale = now > this.issuedAt + this.lives || this.issuedAt <= this.lastUsed;
    if (isStale !== this.root.classList.contains("is-stale")) {
      this.root.classList.toggle("is-stale", isStale);
      this.say();
    }
  }

  async draw() {
    if (this.isDrawing || this.isLocked) return;
    this.isDrawing = true;
    try {
      if (this.drawer) {
        const { digits, issuedAt } = await this.drawer.draw(this.clock.seconds);
        this.show(digits, pathOf(encode(digits)), issuedAt);
      } else {
        await this.drawOnServer();
      }
    } finally {
      this.isDrawing = false;
    }
  }

  async drawOnServer() {
    this.drawnAt = this.clock.seconds; // the next try is due in one period, also when this one fails
    try {
      const sentAt = Date.now();
      const answer = await fetch(CODE_URL, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const root = page.querySelector(".code-screen");
      if (!root) return this.leave();
      this.clock.sync(Number(root.dataset.now), sentAt);
      this.hearTyped(root.querySelector("[data-typed]").textContent, Number(root.dataset.typedUntil));
      this.lastUsed = Number(root.dataset.lastUsed);
      const picture = root.querySelector("[data-code]");
      const path = root.querySelector("[data-modules]").getAttribute("d");
      this.show(picture.dataset.code, path, Number(root.dataset.issuedAt));
    } catch {
      this.hearNetwork(true);
    }
  }

  show(digits, path, issuedAt) {
    if (this.isLocked) return;
    this.picture.dataset.code = digits;
    this.modules.setAttribute("d", path);
    this.issuedAt = issuedAt;
    this.drawnAt = this.clock.seconds;
    this.seconds.textContent = this.period;
    const bar = this.root.querySelector("[data-bar]");
    bar.replaceWith(bar.cloneNode()); // starts its animation anew
    this.root.classList.remove("is-stale");
    if (this.status.dataset.kind === "expired") this.say();
  }

  hearState({ handle, last_used: lastUsed, typed, typed_until: until, place }) {
    if (handle !== this.handle) return this.leave();
    if (typed) this.hearTyped(typed.replace(/(\d{4})(?=\d)/g, "$1 "), until);
    if (lastUsed <= this.lastUsed) return;
    this.lastUsed = lastUsed;
    if (this.drawer) this.drawer.lastUsed = lastUsed;
    const time = new Date(this.clock.seconds * 1000);
    const shown = time.toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });
    const { usedText, usedAtText } = this.root.dataset;
    this.used = (place ? usedAtText.replace("{place}", () => place) : usedText).replace("{time}", shown);
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

  hearNetwork(isOffline) {
    if (this.isOffline === isOffline) return;
    this.isOffline = isOffline;
    this.say();
  }

  /** One line above the code; the most urgent thing wins. */
  say() {
    const { offlineText, offlineNoKeyText, expiredText } = this.root.dataset;
    const isStale = this.root.classList.contains("is-stale");
    const [kind, text] = this.used
      ? ["used", this.used]
      : isStale
        ? ["expired", expiredText]
        : this.isOffline
          ? ["offline", this.drawer ? offlineText : offlineNoKeyText]
          : ["", ""];
    this.status.dataset.kind = kind;
    if (!kind) delete this.status.dataset.kind;
    this.notMe.hidden = kind !== "used";
    if (this.status.textContent !== text) this.status.textContent = text;
  }

  refresh(event) {
    event.preventDefault();
    this.draw();
  }

  togglePause(event) {
    event.preventDefault();
    this.isPaused = !this.isPaused;
    const words = this.pauseLink.textContent;
    this.pauseLink.textContent = this.pauseLink.dataset.other;
    this.pauseLink.dataset.other = words;
    this.root.classList.toggle("is-paused", this.isPaused);
    this.root.querySelector("[data-paused-note]")?.remove();
    if (!this.isPaused) this.draw();
  }

  seeOrHide() {
    clearTimeout(this.relockTimer);
    if (document.visibilityState === "hidden") {
      this.live.stop();
      this.hiddenAt = Date.now();
      this.relockTimer = setTimeout(() => this.leave(), this.relockMs);
    } else if (this.hiddenAt && Date.now() - this.hiddenAt >= this.relockMs) {
      this.leave();
    } else {
      keepAwake();
      this.beat();
      this.live.start();
      this.live.ask();
    }
  }

  async lockByHand(event) {
    event.preventDefault();
    const form = event.target;
    this.forget();
    tellLocked();
    try {
      await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true });
    } finally {
      location.replace(CODE_URL);
    }
  }

  /** The key and the picture are gone at once; then the page asks for the PIN, or says why there is nothing to show. */
  leave() {
    if (this.isLocked) return;
    this.forget();
    location.replace(CODE_URL);
  }

  forget() {
    this.isLocked = true;
    this.drawer = null;
    clearInterval(this.ticker);
    this.live.stop();
    this.modules.setAttribute("d", "");
    this.picture.dataset.code = "";
    this.typed.textContent = "";
  }
}
