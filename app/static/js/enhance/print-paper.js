// Without script the browser's own menu prints; with it the button does, and Enter is enough.
import { enhance } from "../app.js";

enhance("print-paper", offerPrinting);

function offerPrinting(button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
  button.focus();
}
