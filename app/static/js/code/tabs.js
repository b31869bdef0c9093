// Tabs of one browser share their keys: a second tab that claimed to hold none would end the first one's codes.

const channel = "BroadcastChannel" in window ? new BroadcastChannel("pingzheng-code") : null;
const PATIENCE_MS = 120;

/** Another tab's entries as held-keys.js has them; none when no tab holds any. */
export function askForKeys() {
  if (!channel) return Promise.resolve([]);
  return new Promise((resolve) => {
    const finish = (found) => {
      channel.removeEventListener("message", listen);
      resolve(found);
    };
    const listen = ({ data }) => data.type === "keys" && finish(data.entries);
    channel.addEventListener("message", listen);
    channel.postMessage({ type: "ask" });
    setTimeout(() => finish([]), PATIENCE_MS);
  });
}

/** `current()` gives the entries this tab holds; `onLock` runs when any tab was locked. Until `signal` is aborted. */
export function answerTabs(current, onLock, signal) {
  const answer = ({ data }) => {
    const entries = current();
    if (data.type === "ask" && entries.length) channel.postMessage({ type: "keys", entries });
    if (data.type === "lock") onLock();
  };
  channel?.addEventListener("message", answer, { signal });
}

export function tellLocked() {
  channel?.postMessage({ type: "lock" });
}
