// Each module of enhance/ says here what it does with the elements marked data-enhance="name". No `import()`: it is younger than the
// oldest engine that we promise (docs/browsers.md).

const acts = new Map();

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
