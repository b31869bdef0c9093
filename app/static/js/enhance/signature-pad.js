// A box to sign in with finger or mouse. The lines go to the server as vectors, in a box of 1000 x 400; no picture is made.
// Without script the letter is signed by typing the name or on paper, which counts as much.

import { enhance } from "../app.js";

const INK_WIDTH = 8;

enhance("signature-pad", offerPad);

function offerPad(form) {
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
  const ink = (from, to) => {
    pen.lineWidth = INK_WIDTH;
    pen.lineCap = "round";
    pen.strokeStyle = "#000";
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    current = [point(event)];
    strokes.push(current);
    choose("drawn"); // who writes has chosen
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current) return;
    const [from, to] = [current[current.length - 1], point(event)];
    if (from[0] === to[0] && from[1] === to[1]) return;
    current.push(to);
    ink(from, to);
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

  /** What was written before the form came back with something wrong in it. */
  const takeUp = () => {
    if (!field.value) return;
    strokes.push(...JSON.parse(field.value));
    for (const stroke of strokes) stroke.forEach((to, i) => i && ink(stroke[i - 1], to));
  };

  const choose = (kind) => {
    form.querySelector(`[name=kind][value=${kind}]`).checked = true;
    showChosen();
  };
  // With nothing chosen yet the box is there: the first stroke chooses.
  const showChosen = () => {
    const { value } = form.querySelector("[name=kind]:checked") || { value: "drawn" };
    for (const part of form.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== value;
  };
  form.addEventListener("change", showChosen);
  showChosen();
  takeUp();
}
