// The one place that decides what "no network" is: only fetch's own failure. A fault in a script of ours is not the weather.

export class NoNetwork extends Error {}
NoNetwork.prototype.name = "NoNetwork"; // script-errors.js knows it by that

/**
 * {answer, text}: as fetch gives it, with its body already read, since that may break off too. Throws NoNetwork, also when nothing came
 * within patienceMs (0: as long as the browser waits).
 */
export async function ask(address, options = {}, patienceMs = 0) {
  // eslint-disable-next-line compat/compat -- Chromium 64 and 65 wait as long as they like
  const stopper = patienceMs && "AbortController" in window ? new AbortController() : null;
  const timer = stopper ? setTimeout(() => stopper.abort(), patienceMs) : 0;
  const asked = fetch(address, { credentials: "same-origin", ...options, ...(stopper ? { signal: stopper.signal } : {}) }); // Chromium 71: "omit"
  try {
    const answer = await asked;
    return { answer, text: await answer.text() };
  } catch (error) {
    throw new NoNetwork(String(error));
  } finally {
    clearTimeout(timer);
  }
}

/** What the text of a JSON answer holds, else null: a page, or what something on the way put there. */
export function contentOf({ answer, text }) {
  const kind = answer.headers.get("Content-Type") || "";
  return kind.startsWith("application/json") ? JSON.parse(text) : null;
}

/** A fault that was caught so that the page goes on: script-errors.js hears of it all the same. */
export function tellFault(error) {
  Promise.reject(error);
}
