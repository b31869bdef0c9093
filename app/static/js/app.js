// Each element marked data-enhance="name" is given to enhance/name.js; a page works when none of this runs.
for (const element of document.querySelectorAll("[data-enhance]")) {
  for (const name of element.dataset.enhance.split(/\s+/).filter(Boolean)) {
    import(`./enhance/${name}.js`).then((module) => module.default?.(element));
  }
}

// A page kept for no network was fetched without cookies: larger type is put back here.
if (/(^|; )elder=1/.test(document.cookie)) document.documentElement.dataset.elder = "";

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").catch(() => {}); // private windows may refuse it; the site works without
  document.addEventListener("submit", (event) => {
    const path = new URL(event.target.action, location.href).pathname;
    if (/\/sign-outs?$/.test(path)) navigator.serviceWorker.controller?.postMessage("forget");
  });
}
