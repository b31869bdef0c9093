// Sends the file with a bar that shows how far it is and a button that stops it; without this the form sends itself.

import { enhance } from "../app.js";

enhance("roster-upload", followUpload);

function followUpload(form) {
  const panel = form.querySelector(".upload-progress");
  const [said, bar, stop] = ["[data-said]", "progress", "[data-stop]"].map((wanted) => panel.querySelector(wanted));
  const input = form.querySelector("input[type=file]");
  const send = form.querySelector("button[type=submit]");

  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file) return; // the server says what is missing
    event.preventDefault();
    if (send.disabled) return;
    panel.hidden = false;
    if (file.size > form.dataset.most * 2 ** 20) {
      said.textContent = said.dataset.large;
      return;
    }
    send.disabled = true;
    const sending = new XMLHttpRequest();
    const broken = () => {
      said.textContent = said.dataset.broken;
      send.disabled = false;
      bar.value = 0;
    };
    stop.onclick = () => sending.abort();
    sending.upload.onprogress = ({ loaded, total }) => {
      const percent = Math.floor((100 * loaded) / total);
      bar.value = percent;
      const words = loaded < total ? `${said.dataset.sending} ${percent}%` : said.dataset.sent;
      if (said.textContent !== words) said.textContent = words;
    };
    sending.onerror = sending.onabort = broken;
    sending.onload = () => {
      if (sending.status < 300 && new URL(sending.responseURL).pathname !== new URL(form.action).pathname) {
        location.assign(sending.responseURL);
        return;
      }
      // A refusal, or the form with what is wrong: shown as the plain form would show it.
      const page = new DOMParser().parseFromString(sending.responseText, "text/html");
      document.title = page.title;
      document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
      document.querySelector("main").focus();
    };
    sending.open("POST", form.action);
    sending.send(new FormData(form));
  });
}
