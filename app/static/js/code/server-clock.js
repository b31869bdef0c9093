// The server's clock on a phone whose own may be an hour wrong.

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
