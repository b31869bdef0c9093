// Asks the server what became of the code: every 2 s in the first minute, then every 10 s, and only while the page is visible.

const QUICK_MS = 2000;
const SLOW_MS = 10000;
const QUICK_FOR_MS = 60000;
const GIVE_UP_MS = 8000;

export class LiveState {
  /** address: whose state; hear: {state(content), gone(status), offline(isOffline)} */
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
    const sentAt = Date.now();
    try {
      const headers = this.etag ? { "If-None-Match": this.etag } : {};
      const answer = await fetch(this.address, { headers, redirect: "manual", signal: AbortSignal.timeout(GIVE_UP_MS) });
      if (turn !== this.timer) return; // stopped meanwhile
      if (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500 && answer.status !== 429)) {
        this.hear.gone(answer.status);
        return;
      }
      this.clock.sync(Number(answer.headers.get("X-Pz-Time")), sentAt);
      this.hear.offline(answer.status >= 500);
      if (answer.status === 200) {
        this.etag = answer.headers.get("ETag") ?? "";
        this.hear.state(await answer.json());
      }
    } catch {
      if (turn === this.timer) this.hear.offline(true);
    }
    if (turn === this.timer) this.start();
  }
}
