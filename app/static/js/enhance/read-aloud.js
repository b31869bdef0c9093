// Reads the key sentences of a page aloud, in the page's language; pressed again, it stops.

import { speak } from "../code/reading.js";
import { enhance } from "../app.js";

enhance("read-aloud", offerReading);

function offerReading(button) {
  if (!("speechSynthesis" in window)) {
    button.remove();
    return;
  }
  const label = button.querySelector("span");
  const start = label.textContent;
  const rest = () => (label.textContent = start);
  button.addEventListener("click", () => {
    const speaks = label.textContent !== start;
    speechSynthesis.cancel();
    if (speaks) return rest();
    label.textContent = button.dataset.stop;
    speak(button.dataset.text || keySentences(), rest);
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
}

/** What went wrong, if anything; what the page is; what it says first. */
function keySentences() {
  const main = document.getElementById("main");
  const said = [".error-summary", "h1", ".notice-done, .notice-danger, .notice-warn", ".lead, form label, p:not([class])"]
    .map((selector) => main.querySelector(selector))
    .map((found) => found && found.innerText)
    .filter(Boolean);
  return [...new Set(said)].join("。");
}
