// Reads the twelve digits aloud, one by one.

export function offerReading(button, digits) {
  if (!("speechSynthesis" in window)) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = digits().trim().split(" ").map((group) => [...group].join(" ")).join("，");
    const speech = new SpeechSynthesisUtterance(text);
    speech.lang = "zh-CN";
    speech.rate = 0.75;
    speechSynthesis.cancel();
    speechSynthesis.speak(speech);
  });
}
