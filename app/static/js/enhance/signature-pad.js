// A box to sign in with finger or mouse. The lines go to the server as vectors, in a box of 1000 x 400; no picture is made.
// Without script the letter is signed by typing the name or on paper, which counts as much.

const INK_WIDTH = 8;

export default function signaturePad(form) {
  const canvas = form.querySelector(".signature-pad");
  const field = form.querySelector("[name=strokes]");
  const pen = canvas.getContext("2d");
  const strokes = [];
  let current = null;

  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    const scaled = (value, size, limit) => Math.min(limit, Math.max(0, Math.round((value / size) * limit)));
    return [scaled(event.clientX - box.left, box.width, canvas.width), scaled(event.clientY - box.top, box.height, canvas.height)];
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    current = [point(event)];
    strokes.push(current);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current) return;
    const [from, to] = [current.at(-1), point(event)];
    if (from[0] === to[0] && from[1] === to[1]) return;
    current.push(to);
    pen.lineWidth = INK_WIDTH;
    pen.lineCap = "round";
    pen.strokeStyle = "#000";
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  });
  const end = () => {
    current = null;
    field.value = JSON.stringify(strokes);
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  form.querySelector("[data-clear]").addEventListener("click", () => {
    strokes.length = 0;
    field.value = "";
    pen.clearRect(0, 0, canvas.width, canvas.height);
  });

  const showChosen = () => {
    const chosen = form.querySelector("[name=kind]:checked")?.value;
    for (const part of form.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== chosen;
  };
  form.addEventListener("change", showChosen);
  showChosen();
}
