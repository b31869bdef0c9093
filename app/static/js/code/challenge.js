// The phone's side of number matching: whoever holds only a relayed picture of the code hears no digits at the desk.
// The desk says two digits, the holder types them, an `81` code that carries them is shown for its life, then the usual one again.

import { NoNetwork, ask } from "../network.js";
import { encode, pathOf } from "./qr.js";
import { digitsOf } from "./typed.js";

const MOST_MISSES = 3;

export class Challenge {
  /** screen: the CodeScreen whose code is asked about. */
  constructor(screen) {
    const find = (name) => screen.root.querySelector(name);
    this.screen = screen;
    this.panel = find("[data-challenge]");
    this.form = find("[data-challenge-form]");
    this.words = find("[data-challenge-words]");
    this.error = find("[data-challenge-error]");
    this.field = this.form.elements.digits;
    this.link = find("[data-challenge-link]");
    this.misses = 0;
    this.digits = ""; // those of the answer on the screen
    this.isAsked = false; // by a desk, as far as the server says
    this.panel.hidden = true; // this page may be a copy of another person's
    this.form.addEventListener("submit", (event) => this.submit(event));
    find("[data-challenge-cancel]").addEventListener("click", () => this.close());
    this.link.addEventListener("click", (event) => {
      event.preventDefault();
      this.open(this.panel.dataset.ownText);
    });
  }

  /** misses: how many wrong answers the desk that waits has had; undefined when none waits. */
  hear(misses) {
    const { askedText, wrongText, overText } = this.panel.dataset;
    if (misses === undefined) {
      if (this.isAsked) this.close();
      this.isAsked = false;
      this.misses = 0;
      return;
    }
    const isNew = !this.isAsked;
    const isWrong = misses > this.misses;
    this.isAsked = true;
    this.misses = misses;
    if (!isNew && !isWrong) return;
    if (isWrong) this.dropAnswer();
    if (misses >= MOST_MISSES) {
      this.close();
      this.words.textContent = overText;
      this.panel.hidden = false;
      this.form.hidden = true;
    } else {
      this.open(isWrong ? wrongText : askedText);
    }
  }

  open(words) {
    this.words.textContent = words;
    this.error.textContent = "";
    this.form.hidden = false;
    this.panel.hidden = false;
    this.field.value = "";
    this.field.focus();
    this.panel.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.panel.hidden = true;
    this.screen.say();
  }

  async submit(event) {
    event.preventDefault();
    const typed = digitsOf(this.field.value);
    this.field.removeAttribute("aria-invalid");
    if (!/^[0-9]{2}$/.test(typed)) {
      this.error.textContent = this.panel.dataset.formText;
      this.field.setAttribute("aria-invalid", "true");
      this.field.focus();
      return;
    }
    if (await this.answer(typed)) {
      this.digits = typed;
      this.close();
      this.screen.picture.scrollIntoView({ block: "center" });
    }
  }

  async answer(typed) {
    const { screen } = this;
    if (screen.drawer) {
      // Who asks has used the code on the screen up; without a network nobody else says so.
      screen.drawer.lastUsed = Math.max(screen.drawer.lastUsed, screen.issuedAt);
      const { digits, issuedAt } = await screen.drawer.draw(screen.clock.seconds, typed);
      screen.show(digits, pathOf(encode(digits)), issuedAt, screen.lives);
      return true;
    }
    try {
      const address = `${this.form.action}?${new URLSearchParams({ of: screen.root.dataset.of, digits: typed })}`;
      const { text } = await ask(address, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(text, "text/html");
      const root = page.querySelector("[data-answer]");
      if (!root) return screen.leave();
      const path = root.querySelector("[data-modules]").getAttribute("d");
      screen.show(root.querySelector("[data-code]").dataset.code, path, Number(root.dataset.issuedAt), screen.lives);
      return true;
    } catch (error) {
      if (!(error instanceof NoNetwork)) throw error;
      screen.hearNetwork(true);
      return false;
    }
  }

  /** The screen shows the usual code again. */
  end() {
    this.digits = "";
  }

  dropAnswer() {
    if (!this.digits) return;
    this.end();
    this.screen.draw();
  }

  /** The line above the code while an answer is shown. */
  get status() {
    return this.digits && this.panel.dataset.answerText.replace("{digits}", () => this.digits);
  }

  /** Without a network nobody tells the phone that a desk asks: the holder says so. */
  offer(isOffline) {
    this.link.hidden = !(isOffline || this.isAsked) || !this.panel.hidden;
  }
}
