// While nobody sees the page the poll rests, and after five minutes of that the code is locked (S15).

/** relockMs: how long the page may be out of sight. hear: {hide(), lock(), see()}. listening: a Listening. */
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
