// From one person's code to another's in place, while this page holds the keys: also without a network, and without typing the PIN again.

import { provide } from "../app.js";
import { Drawer, entryOf } from "./drawer.js";
import { encode, pathOf } from "./qr.js";

/**
 * screen: the CodeScreen whose links these are. A link to somebody whose key is not held goes its own way.
 * startScreen(root, how): makes the next CodeScreen.
 */
function offerPeople(screen, startScreen) {
  for (const link of screen.root.querySelectorAll("[data-person]")) {
    link.addEventListener("click", async (event) => {
      const entry = entryOf(link.dataset.person);
      if (!entry || event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      if (entry.handle === screen.handle) return;
      const root = screen.root.cloneNode(true);
      const old = screen.root;
      await dress(root, entry, screen.clock.seconds * 1000);
      const { isLocal, isWorn, isOffline } = screen;
      screen.stop();
      old.replaceWith(root);
      history.replaceState(null, "", root.dataset.here);
      root.querySelector("main").focus({ preventScroll: true });
      startScreen(root, { isLocal, isWorn, isOffline });
    });
  }
}

provide("code/people.js", { offerPeople });

/** Makes the page that of this entry, with a code drawn now. Picture, digits and name change in one step. nowMs: the server's clock. */
export async function dress(root, entry, nowMs) {
  const { digits, issuedAt } = await new Drawer(entry.key, entry.handle, entry.lastUsed).draw(nowMs / 1000);
  const find = (name) => root.querySelector(name);
  const name = `${entry.label} ${entry.name}`;
  const here = entry.shownBy === "family" ? `/code/${entry.credential}` : "/code";
  Object.assign(root.dataset, { handle: entry.handle, of: entry.credential, here, issuedAt, lastUsed: entry.lastUsed, typedUntil: 0, now: nowMs });
  find("[data-band]").dataset.colour = entry.colour;
  find("[data-label]").textContent = entry.label;
  find("[data-holder]").textContent = entry.name;
  find("[data-code]").dataset.code = digits;
  find("[data-code]").setAttribute("aria-label", root.dataset.nameText.replace("{name}", () => name));
  find("[data-modules]").setAttribute("d", pathOf(encode(digits)));
  find("[data-typed]").textContent = "";
  find("[data-refresh]").setAttribute("href", here);
  for (const field of root.querySelectorAll("[name=of]")) field.value = entry.credential;
  for (const link of root.querySelectorAll("[data-person]")) {
    if (Number(link.dataset.person) === entry.credential) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
