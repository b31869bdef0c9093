// Asks the server what became of the code: every 2 s in the first minute, then every 10 s, and only while the page is visible.

import { NoNetwork, ask, tellFault } from "../network.js";

const QUICK_MS = 2000;
const SLOW_MS = 10000;
const QUICK_FOR_MS = 60000;
const GIVE_UP_MS = 8000;

export class LiveState {
  /** address: whose state; hear: {state(content), gone(status), offline(isOffline), broken()} */
  constructor(address, clock, hear) {
    this.address = address;
    this.clock = clock;
    this.hear = hear;
    this.etag = "";
    this.timer = 0;
    this.startedAt = Date.now();
  }

  start() {
    this.stop();
    this.timer = setTimeout(() => this.ask(), this.pace());
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  pace() {
    return Date.now() - this.startedAt < QUICK_FOR_MS ? QUICK_MS : SLOW_MS;
  }

  async ask() {
    const turn = this.timer;
    const isStopped = () => turn !== this.timer;
    try {
      if (await this.askOnce(isStopped)) return;
    } catch (error) {
      if (isStopped()) return;
      if (error instanceof NoNetwork) {
        this.hear.offline(true);
      } else {
        tellFault(error);
        this.hear.broken();
      }
    }
    if (!isStopped()) this.start();
  }

  /** True when there is nothing to ask about any more. */
  async askOnce(isStopped) {
    const sentAt = Date.now();
    const headers = this.etag ? { "If-None-Match": this.etag } : {};
    const { answer, text } = await ask(this.address, { headers, redirect: "manual" }, GIVE_UP_MS);
    if (isStopped()) return false;
    if (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) {
      this.hear.gone(answer.status);
      return true;
    }
    this.clock.sync(Number(answer.headers.get("X-Pz-Time")), sentAt);
    this.hear.offline(answer.status >= 500);
    if (answer.status !== 200) return false;
    this.etag = answer.headers.get("ETag") || "";
    this.hear.state(JSON.parse(text));
    return false;
  }
}

/** The server's clock on a phone whose own may be an hour wrong. */
export class ServerClock {
  constructor(serverMs) {
    this.offset = serverMs - Date.now();
  }

  /** An answer said `serverMs`; it was asked for at `sentAt` by this phone's clock. */
  sync(serverMs, sentAt) {
    if (serverMs > 0) this.offset = serverMs - (sentAt + Date.now()) / 2;
  }

  /** `10:32` in China. */
  get hhmm() {
    const time = new Date(this.seconds * 1000);
    return time.toLocaleTimeString("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false });
  }

  get seconds() {
    return (Date.now() + this.offset) / 1000;
  }
}
