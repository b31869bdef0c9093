// One line above the code; the most urgent thing wins.

/** screen: a CodeScreen. [kind, text], both empty when there is nothing to say. */
export function lineFor({ root, used, challenge, isOffline, isWorn, drawer }) {
  const { offlineText, offlineNoKeyText, offlineWornText, expiredText } = root.dataset;
  if (used) return ["used", used];
  if (challenge.status) return ["answer", challenge.status];
  if (root.classList.contains("is-stale")) return ["expired", expiredText];
  if (isOffline) return ["offline", isWorn ? offlineWornText : drawer ? offlineText : offlineNoKeyText];
  return ["", ""];
}
