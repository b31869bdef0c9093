// The code page without a network: the PIN is asked by the phone itself and the code drawn by it alone.

import { hold } from "../code/drawer.js";
import { Refused, openOffline } from "../code/offline.js";
import { dress } from "../code/people.js";
import { digitsOf } from "../code/typed.js";
import { isWalletThere } from "../code/wallet.js";
import { enhance, provide } from "../app.js";
import { NoNetwork, ask } from "../network.js";
import { showScreen } from "./code-page.js";

enhance("code-offline", openShell);
provide("enhance/code-offline.js", { openWithoutNetwork });

/** The shell that the service worker answers with when /code cannot be reached. */
async function openShell(form) {
  const lock = form.closest("[data-lock-page]");
  const isThere = window.crypto.subtle && (await isWalletThere().catch(() => null));
  if (isThere === null) return say(lock, new Refused("unread"));
  if (!isThere) return say(lock, new Refused("none"));
  const credential = Number(location.pathname.split("/")[2] || 0);
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    performance.mark("pz-asked");
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await openWithoutNetwork(lock, digitsOf(form.querySelector("input").value), credential);
    } finally {
      button.disabled = false;
    }
  });
  addEventListener("online", () => form.querySelector("input").value || location.reload());
  performance.mark("pz-ready");
}

/** lock: the lock's element, with the sentences. credential: whose code; none is one's own. */
async function openWithoutNetwork(lock, pin, credential) {
  const shell = lock.dataset.screen ? lock : await fetchShell();
  if (!shell) return say(lock, new Refused("none"));
  const { days, uses, title, style } = shell.dataset;
  try {
    const { entries, nowMs, isWorn } = await openOffline(pin, { days: Number(days), uses: Number(uses) });
    const entry = entries.find((found) => (credential ? found.credential === credential : found.shownBy === "self"));
    if (!entry) throw new Refused("other");
    hold(entries);
    const fill = (root) => {
      listPeople(root, entries);
      return dress(root, entry, nowMs);
    };
    await showScreen({ page: shell.dataset.screen, title, style }, fill, { isLocal: true, isWorn });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(lock, error, shell);
  }
}

/** The links from one to the other, as the server's page has them. */
function listPeople(root, entries) {
  const people = root.querySelector("[data-people]");
  if (entries.length < 2) return;
  const list = Object.assign(document.createElement("nav"), { className: "code-people" });
  list.setAttribute("aria-label", root.dataset.peopleText);
  for (const { credential, label, name, colour, shownBy } of entries) {
    const link = document.createElement("a");
    link.href = shownBy === "family" ? `/code/${credential}` : "/code";
    Object.assign(link.dataset, { person: credential, colour });
    link.append(Object.assign(document.createElement("strong"), { textContent: label }), ` ${name}`);
    list.append(link);
  }
  people.textContent = "";
  people.append(list);
}

/** The page that was open when the network went brings no shell: the worker keeps it. */
async function fetchShell() {
  try {
    const { text } = await ask("/offline/code");
    return new DOMParser().parseFromString(text, "text/html").querySelector("[data-screen]");
  } catch (error) {
    if (!(error instanceof NoNetwork)) throw error;
    return null;
  }
}

function say(lock, { reason, left, until }, shell = lock) {
  const time = until ? new Date(until).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false }) : "";
  const sentence = (shell.dataset[`${reason}Text`] || lock.dataset.offlineText).replace("{left}", left).replace("{time}", time);
  lock.querySelector("[data-lock-error]").textContent = sentence;
  const field = lock.querySelector("input:not([type=hidden])");
  if (reason === "wrong" && field) {
    field.value = "";
    field.focus();
  }
}
