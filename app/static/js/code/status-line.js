// One line above the code; the most urgent thing wins.

/** screen: a CodeScreen. Returns the kind of what is said: used, expired, offline, or empty. */
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
