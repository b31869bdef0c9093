// The screen stays on while a code is shown, where the browser can do that.

export async function keepAwake() {
  try {
    if (navigator.wakeLock) await navigator.wakeLock.request("screen");
  } catch (refused) {
    // Refused, for example when the battery is low: the code is shown all the same.
  }
}
