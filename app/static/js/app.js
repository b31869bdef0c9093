// Each element marked data-enhance="name" is given to enhance/name.js; a page works when none of this runs. The module says here what it
// does. No `import()`: it is younger than the oldest engine that we promise (docs/adr/0035).

const acts = new Map();
const modules = new Map(); // path -> {promise, done, fail}: of what a module provides
const here = document.querySelector('script[type=module][src$="/js/app.js"]').src;

/** act(element) runs for each element of this page that asks for it; it may give a promise. Ready is what all its names have dressed. */
export function enhance(name, act) {
  acts.set(name, act);
  for (const element of document.querySelectorAll(`[data-enhance~="${name}"]`)) dress(element, name);
}

/** The same for an element that came later, in place of one that is gone. */
export function enhanceAgain(element) {
  delete element.dataset.dressed;
  for (const name of namesOf(element)) if (acts.has(name)) dress(element, name);
}

function namesOf(element) {
  return element.dataset.enhance.split(/\s+/).filter(Boolean);
}

async function dress(element, name) {
  await null; // the module that called this may not have come to its own constants yet
  await acts.get(name)(element);
  const dressed = `${element.dataset.dressed || ""} ${name}`.trim();
  element.dataset.dressed = dressed;
  if (!namesOf(element).every((each) => dressed.split(" ").includes(each))) return;
  element.dataset.isReady = "";
  for (const words of document.querySelectorAll(`[data-scriptless="${element.dataset.enhance}"]`)) words.remove(); // see script-errors.js
}

/** As `import(path)`, of a module below js/ that calls `provide` with that path. Rejects with false when it does not come. */
export function load(path) {
  if (!modules.has(path)) add(path);
  return placeFor(path).promise;
}

/** Said by a module that is loaded only when it is needed: what others may use of it. */
export function provide(path, things) {
  placeFor(path).done(things);
}

function add(path) {
  const { fail } = placeFor(path);
  const onerror = () => modules.delete(path) && fail(false);
  const src = new URL(path, here).href;
  document.head.append(Object.assign(document.createElement("script"), { type: "module", src, onerror }));
}

function placeFor(path) {
  if (!modules.has(path)) {
    const place = {};
    place.promise = new Promise((done, fail) => Object.assign(place, { done, fail }));
    place.promise.catch(() => {});
    modules.set(path, place);
  }
  return modules.get(path);
}

const wanted = new Set();
for (const element of document.querySelectorAll("[data-enhance]")) for (const name of namesOf(element)) wanted.add(name);
for (const name of wanted) add(`enhance/${name}.js`);

// See css/old.css.
if (!CSS.supports("inset", "0")) {
  const { href } = new URL("../css/old.css", here);
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
}

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
