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
