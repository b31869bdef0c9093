// The error summary takes the focus, so that it is read first; its links put the focus into the field itself.
// This page answered a post: as an address of its own, Back and Reload show it again instead of asking to send the form twice.

import { enhance } from "../app.js";

enhance("error-focus", focusErrors);

export function focusErrors(summary) {
  summary.focus();
  history.replaceState(null, "", summary.dataset.here || location.href);
  summary.addEventListener("click", (event) => {
    const field = document.getElementById((event.target.hash || "").slice(1));
    if (!field) return;
    event.preventDefault();
    const control = field.matches("fieldset") ? field.querySelector("input") : field;
    (field.closest(".field") || field).scrollIntoView();
    control.focus({ preventScroll: true });
  });
}
