// Each element marked data-enhance="name" is given to enhance/name.js; a page works when none of this runs.
for (const element of document.querySelectorAll("[data-enhance]")) {
  for (const name of element.dataset.enhance.split(/\s+/).filter(Boolean)) {
    import(`./enhance/${name}.js`).then((module) => module.default?.(element));
  }
}

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js");
}
