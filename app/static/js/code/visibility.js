// While nobody sees the page the poll rests, and after five minutes of that the code is locked (S15).

/** relockMs: how long the page may be out of sight. hear: {hide(), lock(), see()}. Until `signal` is aborted. */
export function watchVisibility(relockMs, hear, signal) {
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
  document.addEventListener("visibilitychange", look, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
}
