// Tabs of one browser share the key: a second tab that claimed to hold none would end the first one's codes.

const channel = "BroadcastChannel" in window ? new BroadcastChannel("pingzheng-code") : null;
const PATIENCE_MS = 120;

/** Another tab's {handle, key}, or null. */
export function askForKey() {
  if (!channel) return Promise.resolve(null);
  return new Promise((resolve) => {
    const finish = (found) => {
      channel.removeEventListener("message", listen);
      resolve(found);
    };
    const listen = ({ data }) => data.type === "key" && finish({ handle: data.handle, key: data.key });
    channel.addEventListener("message", listen);
    channel.postMessage({ type: "ask" });
    setTimeout(() => finish(null), PATIENCE_MS);
  });
}

/** `current()` gives {handle, key} while this tab holds a key; `onLock` runs when any tab was locked. */
export function answerTabs(current, onLock) {
  channel?.addEventListener("message", ({ data }) => {
    const held = current();
    if (data.type === "ask" && held) channel.postMessage({ type: "key", ...held });
    if (data.type === "lock") onLock();
  });
}

export function tellLocked() {
  channel?.postMessage({ type: "lock" });
}
