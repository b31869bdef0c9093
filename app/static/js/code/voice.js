// The phone's own voice.

/** A little slower than speech usually is. */
export function speak(text, done = () => {}) {
  const speech = new SpeechSynthesisUtterance(text);
  speech.lang = document.documentElement.lang || "zh-CN";
  speech.rate = 0.8;
  speech.onend = speech.onerror = done;
  speechSynthesis.speak(speech);
}
