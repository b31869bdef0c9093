// Each module of enhance/ says here what it does with the elements marked data-enhance="name". No `import()`: it is younger than the
// oldest engine that we promise (docs/browsers.md).

const acts = new Map();
const provided = new Map(); // path below js/ -> [promise, resolve]
const failures = new Map(); // path -> a promise that is rejected when the file does not come
const here = document.querySelector('script[type=module][src$="/js/app.js"]').src;

/** The same as `import(path)`, of a module below js/ that calls `provide` with that path. Rejects with false when it does not come. */
export function load(path) {
  const [promise] = placeFor(path);
  if (!document.querySelector(`script[data-module="${path}"]`)) add(path);
  return Promise.race([promise, failures.get(path)]);
}

/** Said by a module that is loaded only when it is needed: what others may use of it. */
export function provide(path, things) {
  placeFor(path)[1](things);
}

/** Adds a module's script to the page. */
export function add(path) {
  const script = Object.assign(document.createElement("script"), { type: "module", src: new URL(path, here).href });
  script.dataset.module = path;
  failures.set(path, new Promise((_, reject) => (script.onerror = () => (script.remove(), reject(false)))));
  failures.get(path).catch(() => {});
  document.head.append(script);
}

function placeFor(path) {
  if (!provided.has(path)) {
    let resolve;
    const promise = new Promise((done) => (resolve = done));
    provided.set(path, [promise, resolve]);
  }
  return provided.get(path);
}

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

export function namesOf(element) {
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
