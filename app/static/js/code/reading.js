// Reads aloud whose code this is, what to do with it, and the twelve digits one by one.

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

/** With the phone's own voice, a little slower than speech usually is. */
export function speak(text, done = () => {}) {
  const speech = new SpeechSynthesisUtterance(text);
  speech.lang = document.documentElement.lang || "zh-CN";
  speech.rate = 0.8;
  speech.onend = speech.onerror = done;
  speechSynthesis.speak(speech);
}
