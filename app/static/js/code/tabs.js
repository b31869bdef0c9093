// Tabs of one browser share their keys: a second tab that claimed to hold none would end the first one's codes.

// eslint-disable-next-line compat/compat -- without it (iOS 15.3 and before) a second tab asks for the PIN
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

/** `current()` gives the entries this tab holds; `onLock` runs when any tab was locked. listening: a Listening. */
export function answerTabs(current, onLock, listening) {
  const answer = ({ data }) => {
    const entries = current();
    if (data.type === "ask" && entries.length) channel.postMessage({ type: "keys", entries });
    if (data.type === "lock") onLock();
  };
  if (channel) listening.on(channel, "message", answer);
}

export function tellLocked() {
  if (channel) channel.postMessage({ type: "lock" });
}
