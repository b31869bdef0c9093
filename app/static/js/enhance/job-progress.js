// Fetches the page of a staff job again every two seconds and shows how far it is; without this, <noscript> reloads it.

import { enhance } from "../app.js";
import { ask } from "../network.js";

const PAUSE = 2000;
const LONGEST = 60 * 60 * 1000;

enhance("job-progress", (place) => {
  followJob(place); // for as long as the job runs: the page is ready at once
});

async function followJob(place) {
  const until = Date.now() + LONGEST;
  while (Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (document.hidden) continue; // a page left alone shall not keep its session alive
    const page = await load();
    if (!page) continue;
    const now = page.querySelector(".job");
    if (!now) return location.reload(); // signed out meanwhile
    if (now.dataset.enhance !== "job-progress") return location.reload();
    place.querySelector("[role=status] p").textContent = now.querySelector("[role=status] p").textContent;
    const bar = now.querySelector("progress");
    if (bar.hasAttribute("value")) place.querySelector("progress").value = bar.value;
  }
}

async function load() {
  try {
    const { text } = await ask(location.href, { headers: { Accept: "text/html" } });
    return new DOMParser().parseFromString(text, "text/html");
  } catch (silence) {
    return null; // no network for a moment
  }
}
