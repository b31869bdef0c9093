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
