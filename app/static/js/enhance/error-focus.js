// The error summary takes the focus, so that it is read first; its links put the focus into the field itself.
export default function focusErrors(summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const field = document.getElementById(event.target.hash?.slice(1) ?? "");
    if (!field) return;
    event.preventDefault();
    const control = field.matches("fieldset") ? field.querySelector("input") : field;
    (field.closest(".field") ?? field).scrollIntoView();
    control.focus({ preventScroll: true });
  });
}
