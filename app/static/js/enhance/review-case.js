// A case under the keyboard: pages larger and turned, the decision one key away. Without it pages are pictures and links.
import { Paper } from "../bureau/paper.js";
import { enhance } from "../app.js";

enhance("review-case", reviewCase);

const STORED = "pz-review-keys";

function reviewCase(root) {
  const papers = [...root.querySelectorAll("[data-paper]")].map((figure) => new Paper(figure, root.dataset));
  let current = null;
  const choose = (paper) => {
    current?.leave();
    current = paper;
    current?.enter();
  };
  for (const paper of papers) paper.onchosen = () => choose(paper);

  const keys = root.querySelector("[data-keys]");
  const box = keys.querySelector("input");
  keys.hidden = false;
  box.checked = remembered() !== "off";
  box.addEventListener("change", () => remember(box.checked ? "on" : "off"));

  const acts = {
    a: () => root.querySelector("[data-approve]").focus(),
    b: () => root.querySelector(".reasons select").focus(),
    u: () => document.querySelector(".undo button")?.focus(),
    r: () => current?.turn(),
    "+": () => current?.zoom(1),
    "=": () => current?.zoom(1),
    "-": () => current?.zoom(-1),
    0: () => current?.fit(),
  };
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const key = event.key.toLowerCase();
    const numbered = /^[1-9]$/.test(key) && papers[Number(key) - 1];
    if (!numbered && !acts[key]) return;
    event.preventDefault();
    if (numbered) choose(numbered);
    else acts[key]();
  });
  if (papers[0]) choose(papers[0]);
}

function remembered() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function remember(value) {
  try {
    localStorage.setItem(STORED, value);
  } catch {
    // a browser that keeps nothing asks again next time
  }
}
