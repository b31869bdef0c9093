// Reads aloud whose code this is, what to do with it, and the twelve digits one by one.

import { speak } from "./voice.js";

export function offerReading(button, digits) {
  if (!("speechSynthesis" in window)) return;
  button.removeAttribute("data-unoffered");
  button.addEventListener("click", () => {
    const groups = digits().trim().split(" ").map((group) => [...group].join(" "));
    const name = document.querySelector("[data-band]").innerText.replace(/\*+/g, "").trim();
    const does = document.querySelector("[data-code]").getAttribute("aria-label").split(/[，,]/).pop();
    speechSynthesis.cancel();
    speak([name, does, ...groups].filter(Boolean).join("，"));
  });
}
