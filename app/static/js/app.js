// Each element marked data-enhance="name" is given to enhance/name.js; a page works when none of this runs.
for (const element of document.querySelectorAll("[data-enhance]")) {
  const names = element.dataset.enhance.split(/\s+/).filter(Boolean);
  const enhanced = names.map(async (name) => (await import(`./enhance/${name}.js`)).default?.(element));
  Promise.all(enhanced).then(() => (element.dataset.isReady = ""));
}

// A page kept for no network was fetched without cookies: larger type and higher contrast are put back here.
const wish = (name) => document.cookie.match(`(?:^|; )${name}=(\\w+)`)?.[1];
const size = { 1: "large", 2: "largest" }[wish("elder")];
if (size) document.documentElement.dataset.elder = size;
if (wish("contrast") === "high") document.documentElement.dataset.contrast = "high";

if ("serviceWorker" in navigator) {
  // The worker keeps pages in the language of this one, which its own request would not say.
  const { search } = new URL(document.querySelector("link[rel=manifest]").href);
  navigator.serviceWorker.register(`/sw.js${search}`).catch(() => {}); // private windows may refuse it; the site works without
}

// Signing out: the codes kept for no network go (code/wallet.js), and the worker fills its store anew.
document.addEventListener("submit", (event) => {
  const path = new URL(event.target.action, location.href).pathname;
  if (!/\/sign-outs?$/.test(path)) return;
  globalThis.indexedDB?.deleteDatabase("pingzheng-wallet");
  navigator.serviceWorker?.controller?.postMessage("forget");
});
