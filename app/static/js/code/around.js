// What is around a code: the line above it, the denial beside it, and whether anybody sees it.

/** The most urgent thing wins. screen: a CodeScreen. Returns the kind of what is said: used, expired, offline, or empty. */
export function sayLine(screen) {
  const [kind, text] = lineFor(screen);
  screen.status.dataset.kind = kind;
  if (!kind) delete screen.status.dataset.kind;
  if (screen.status.textContent !== text) screen.status.textContent = text;
  return kind;
}

function lineFor({ root, used, challenge, isOffline, isWorn, drawer }) {
  const { offlineText, offlineNoKeyText, offlineWornText, expiredText } = root.dataset;
  if (used) return ["used", used];
  if (challenge.status) return ["answer", challenge.status];
  if (root.classList.contains("is-stale")) return ["expired", expiredText];
  if (isOffline) return ["offline", isWorn ? offlineWornText : drawer ? offlineText : offlineNoKeyText];
  return ["", ""];
}

// 不是我 beside the news of a scan: asks once more on the spot, then the form goes to the server, which freezes at once.
export class Denial {
  constructor(root) {
    this.place = root.querySelector("[data-not-me]");
    this.link = root.querySelector("[data-deny]");
    this.form = root.querySelector("[data-deny-form]");
    this.of = root.dataset.of;
    this.turn(false);
    this.place.hidden = true;
    this.link.addEventListener("click", (event) => {
      if (!this.form.elements.csrf_token.value) return; // opened without a network: the page behind the link has its own form
      event.preventDefault();
      this.turn(true);
      this.form.querySelector("button").focus();
    });
    root.querySelector("[data-deny-cancel]").addEventListener("click", () => {
      this.turn(false);
      this.place.hidden = true;
    });
  }

  /** used: issued-at of the code that was scanned. */
  about(used) {
    this.form.elements.used.value = used;
    const address = new URL(this.link.href);
    address.searchParams.set("of", this.of);
    address.searchParams.set("used", used);
    this.link.href = address;
  }

  /** Stays while it asks, however long somebody takes to answer. */
  show(isNews) {
    this.place.hidden = !isNews && this.form.hidden;
  }

  turn(isAsking) {
    this.form.hidden = !isAsking;
    this.link.hidden = isAsking;
  }
}

/**
 * While nobody sees the page the poll rests, and after five minutes of that the code is locked (S15).
 * relockMs: how long the page may be out of sight. hear: {hide(), lock(), see()}. listening: a Listening.
 */
export function watchVisibility(relockMs, hear, listening) {
  let hiddenAt = 0;
  let timer = 0;
  const look = () => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") {
      hiddenAt = Date.now();
      timer = setTimeout(hear.lock, relockMs);
      hear.hide();
    } else if (hiddenAt && Date.now() - hiddenAt >= relockMs) {
      hear.lock();
    } else {
      hear.see();
    }
  };
  listening.on(document, "visibilitychange", look);
  listening.atEnd(() => clearTimeout(timer));
}

// What a screen listens to until another takes its place. `signal` among a listener's options would do, were it not younger than the
// oldest engine we promise.
export class Listening {
  constructor() {
    this.ends = [];
  }

  on(target, kind, act) {
    target.addEventListener(kind, act);
    this.atEnd(() => target.removeEventListener(kind, act));
  }

  atEnd(act) {
    this.ends.push(act);
  }

  end() {
    for (const act of this.ends.splice(0)) act();
  }
}

/** The screen stays on while a code is shown, where the browser can do that. */
export async function keepAwake() {
  try {
    if (navigator.wakeLock) await navigator.wakeLock.request("screen");
  } catch (refused) {
    // Refused, for example when the battery is low: the code is shown all the same.
  }
}
