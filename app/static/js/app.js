// Each element marked data-enhance="name" is given to enhance/name.js; a page works when none of this runs.

import { add, namesOf } from "./enhancing.js";

const wanted = new Set();
for (const element of document.querySelectorAll("[data-enhance]")) for (const name of namesOf(element)) wanted.add(name);
for (const name of wanted) add(`enhance/${name}.js`);

// A page kept for no network was fetched without cookies: larger type and higher contrast are put back here.
const wish = (name) => (document.cookie.match(`(?:^|; )${name}=(\\w+)`) || [])[1];
const size = { 1: "large", 2: "largest" }[wish("elder")];
if (size) document.documentElement.dataset.elder = size;
if (wish("contrast") === "high") document.documentElement.dataset.contrast = "high";

if ("serviceWorker" in navigator) {
  const { serviceWorker } = navigator;
  serviceWorker.register("/sw.js").then(letWorkerChange, () => {}); // private windows may refuse it; the site works without
  // The worker keeps pages in the language of this one, which its own request would not say.
  const language = new URL(document.querySelector("link[rel=manifest]").href).searchParams.get("lang");
  serviceWorker.ready.then(({ active }) => active.postMessage({ language }));
}

/**
 * The worker of a new release waits until nobody looks: one that takes over while the old one answers a navigation leaves a browser's
 * error page behind (WebKit). A page that is only being left is gone before the time is up.
 */
function letWorkerChange(registration) {
  let timer = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => registration.waiting && registration.waiting.postMessage("nobody-looks"), 1500);
  });
}

// Signing out: the codes kept for no network go (code/wallet.js), and the worker fills its store anew.
document.addEventListener("submit", (event) => {
  const path = new URL(event.target.action, location.href).pathname;
  if (!/\/sign-outs?$/.test(path)) return;
  if (window.indexedDB) indexedDB.deleteDatabase("pingzheng-wallet");
  const { controller } = navigator.serviceWorker || {};
  if (controller) controller.postMessage("forget");
});
