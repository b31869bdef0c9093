// The upload form with script: chosen photos are looked at, each can be dropped or sent all the same, then they go in pieces.
// Everything said to the person stands in data-say-* of the form, in their language.

import { inspect } from "./quality.js";
import { NoNetwork, tellFault } from "../network.js";
import { Busy, Refused, Trouble, sendFile } from "./sending.js";

export function offerUpload(form) {
  const input = form.querySelector('input[type="file"]');
  const list = form.querySelector("[data-checks]");
  const status = form.querySelector("[data-status]");
  const button = form.querySelector('button[type="submit"]');
  const say = (name) => form.dataset[`say${name}`] || "";
  const maxBytes = Number(form.dataset.maxBytes);
  // Where it is kept what has not arrived: the page is loaded anew to show what has, and says the rest once more.
  const place = `papers-left:${form.elements.slot.value}`;
  let chosen = []; // {file, problem, isKept, note, item}
  let looking = Promise.resolve(); // at what was chosen

  async function take() {
    const mine = [...input.files].map((file) => ({ file, problem: "", isKept: true }));
    chosen = mine;
    list.textContent = "";
    status.textContent = "";
    for (const one of mine) if (chosen === mine) await show(one); // unless others were chosen meanwhile
  }

  async function show(one) {
    one.item = document.createElement("li");
    one.item.className = "upload-check";
    list.append(one.item);
    if (one.why) {
      one.note = one.item.appendChild(document.createElement("p"));
      return tell(one, `${one.file.name} ${one.why}`, true);
    }
    const { problem, canvas } = one.file.size ? await look(one.file) : { problem: "empty", canvas: null };
    one.problem = problem;
    if (canvas) {
      canvas.className = "upload-preview";
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", one.file.name);
      one.item.append(canvas);
    }
    one.note = document.createElement("p");
    one.item.append(one.note);
    tell(one, problem ? say(problem[0].toUpperCase() + problem.slice(1)) : canvas ? say("Good") : one.file.name, Boolean(problem));
    if (!problem) return;
    one.isKept = false;
    if (problem === "large" || problem === "empty") return;
    one.item.append(choice(one, say("Anyway"), true), choice(one, say("Drop"), false));
  }

  const look = (file) => (file.size > maxBytes ? { problem: "large", canvas: null } : inspect(file));

  function choice(one, text, isKept) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button-quiet";
    made.textContent = text;
    made.addEventListener("click", () => {
      one.isKept = isKept;
      if (!isKept) one.item.remove();
      else for (const other of one.item.querySelectorAll("button")) other.remove();
    });
    return made;
  }

  function tell(one, text, isWrong = false) {
    one.note.textContent = text;
    one.note.className = isWrong ? "field-error" : "hint";
  }

  form.addEventListener("submit", async (event) => {
    if (!chosen.length) return; // nothing chosen: the server says so
    event.preventDefault();
    try {
      await looking;
      await send();
    } catch (error) {
      tellFault(error);
      if (chosen.some((one) => one.isSent)) location.reload(); // shows what has arrived
      else form.submit(); // as without script
    }
  });

  async function send() {
    const wanted = chosen.filter((one) => one.isKept && !one.isSent);
    if (!wanted.length) {
      status.textContent = say("Nothing");
      return;
    }
    button.disabled = true;
    const fields = { subject: form.elements.subject.value, slot: form.elements.slot.value };
    const options = { where: form.dataset.uploads, token: form.elements.csrf_token.value, fields };
    for (const one of wanted) {
      try {
        const page = await sendFile(one.file, {
          ...options,
          onProgress: (share) => { status.textContent = `${say("Sending")}${Math.round(share * 100)}%`; },
          onWait: () => { status.textContent = say("Waiting"); },
        });
        one.isSent = true;
        tell(one, page.refusal || say("Sent"), Boolean(page.refusal));
      } catch (error) {
        if (error instanceof NoNetwork || error instanceof Trouble || error instanceof Busy) {
          status.textContent = error instanceof Busy ? error.message : say(error instanceof Trouble ? "Trouble" : "Broken");
          button.disabled = false;
          return;
        }
        if (!(error instanceof Refused)) throw error;
        one.isKept = false;
        tell(one, error.message, true);
      }
    }
    const left = chosen.filter((one) => !one.isSent && one.item.isConnected);
    status.textContent = left.length ? "" : say("Sent");
    button.disabled = false;
    if (!chosen.some((one) => one.isSent)) return;
    keepLeft(left);
    location.assign(form.elements.next.value || location.href);
  }

  function keepLeft(left) {
    try {
      if (left.length) sessionStorage.setItem(place, JSON.stringify(left.map((one) => [one.file.name, one.note.textContent])));
    } catch (refused) {
      // No storage: the pages that arrived are shown all the same.
    }
  }

  function takeLeft() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(place) || "[]");
      sessionStorage.removeItem(place);
      return kept;
    } catch (refused) {
      return [];
    }
  }

  // At the end, when all of the above is there: what was chosen before this script came has no event of its own.
  const takeAnew = () => (looking = take());
  input.addEventListener("change", takeAnew);
  if (input.files.length) takeAnew();
  for (const [name, why] of takeLeft()) show({ file: { name }, why });
}
