// One page of a document: larger, smaller, turned, and looked at in its own frame.
const STEPS = [1, 1.5, 2, 3, 4];

export class Paper {
  #frame;
  #sheet;
  #picture;
  #figure;
  #step = 0;
  #quarter = 0;

  // words: how the four tools are called, in the page's language
  constructor(figure, words) {
    this.#figure = figure;
    this.#frame = figure.querySelector(".paper-frame");
    this.#sheet = figure.querySelector(".paper-sheet");
    this.#picture = figure.querySelector("img");
    const tools = [
      [words.larger, "＋", () => this.zoom(1)],
      [words.smaller, "－", () => this.zoom(-1)],
      [words.turn, "⟳", () => this.turn()],
      [words.fit, "1:1", () => this.fit()],
    ];
    const name = this.#picture.alt;
    for (const [label, sign, act] of tools) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "paper-tool";
      button.textContent = sign;
      button.setAttribute("aria-label", `${label} ${name}`);
      button.addEventListener("click", () => {
        this.onchosen?.();
        act();
      });
      figure.querySelector("figcaption").append(button);
    }
    this.#frame.addEventListener("pointerdown", () => this.onchosen?.());
    this.#frame.addEventListener("focus", () => this.onchosen?.());
    addEventListener("resize", () => this.#draw());
  }

  enter() {
    this.#figure.classList.add("is-current");
    this.#figure.scrollIntoView({ block: "nearest" });
  }

  leave() {
    this.#figure.classList.remove("is-current");
  }

  zoom(by) {
    this.#step = Math.min(STEPS.length - 1, Math.max(0, this.#step + by));
    this.#draw();
  }

  turn() {
    this.#quarter = (this.#quarter + 1) % 4;
    this.#draw();
  }

  fit() {
    this.#step = this.#quarter = 0;
    this.#draw();
  }

  #draw() {
    const { width, height } = this.#figure.dataset;
    const ratio = Number(height) / Number(width);
    const across = this.#frame.clientWidth * STEPS[this.#step];
    const isOnSide = this.#quarter % 2 === 1;
    const own = isOnSide ? across / ratio : across; // how wide the picture is before it is turned
    this.#sheet.classList.toggle("is-turned", this.#quarter > 0);
    this.#sheet.style.width = `${across}px`;
    this.#sheet.style.height = `${isOnSide ? own : own * ratio}px`;
    this.#picture.style.width = `${own}px`;
    this.#picture.style.transform = this.#quarter ? `translate(-50%, -50%) rotate(${this.#quarter * 90}deg)` : "";
  }
}
