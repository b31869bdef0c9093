// Keeps the static files of this release, the pages for no network, help and hotlines. Never a page with a person in it,
// a document or an API answer: those go to the network alone. Pages are kept as a browser without cookies gets them,
// in the language chosen here. Without a network, /code is answered by a page without a person: the phone's own wallet fills it.
const RELEASE = {{ release|tojson }};
const LANGUAGE = {{ language|tojson }};
const CACHE = `pingzheng-${RELEASE}-{{ pages_version }}-${LANGUAGE}`;
const FILES = {{ files|tojson }};
const PAGES = {{ pages|tojson }};
const OFFLINE = "/offline";
const OFFLINE_CODE = "/offline/code";
const WALLET = "pingzheng-wallet"; // names as in static/js/code/keystore.js and wallet.js
const PATIENCE_MS = 4000; // for a weak signal, when the phone can show the code by itself

const isFile = (path) => path.startsWith("/static/v-");
const isOfThisRelease = (path) => path.startsWith(`/static/v-${RELEASE}/`);
const isCode = (path) => /^\/code(\/\d+)?$/.test(path);
const keepsPage = (path) => path === "/help" || path.startsWith("/help/");

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(Promise.all([caches.delete(CACHE).then(fill), forgetWallet()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (isFile(url.pathname)) event.respondWith(keptFile(request, url));
  else if (url.pathname === OFFLINE_CODE) event.respondWith(keptOr(OFFLINE_CODE, () => fetch(request)));
  else if (request.mode === "navigate") event.respondWith(isCode(url.pathname) ? codePage(request) : page(event, url));
});

/** The files must all be there before this worker takes over; a page that does not come now is kept when it is next seen. */
async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
  await Promise.all(PAGES.map((path) => keepPage(path, cache)));
}

/** One release before this one stays: a page that was open when this worker took over may still ask for its files. */
async function forgetOlder() {
  const others = (await caches.keys()).filter((name) => name.startsWith("pingzheng-") && name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
}

async function keepPage(path, cache) {
  const response = await fetch(`${path}?lang=${LANGUAGE}`, { credentials: "omit", cache: "no-store", redirect: "error" }).catch(() => null);
  if (response?.ok) await (cache ?? (await caches.open(CACHE))).put(path, response);
}

async function keptFile(request, url) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && isOfThisRelease(url.pathname)) await (await caches.open(CACHE)).put(request, response.clone());
  return response;
}

async function keptOr(path, otherwise) {
  return (await (await caches.open(CACHE)).match(path)) ?? otherwise();
}

async function page(event, url) {
  try {
    const response = await fetch(event.request);
    if (response.ok && keepsPage(url.pathname) && !url.search) event.waitUntil(keepPage(url.pathname));
    return response;
  } catch {
    const offline = () => keptOr(OFFLINE, () => Response.error());
    return keepsPage(url.pathname) ? keptOr(url.pathname, offline) : offline();
  }
}

/** The server's page; without a network, with too weak a signal or a server in trouble the phone's own, if it has one. */
async function codePage(request) {
  const asked = fetch(request).then((response) => ({ response }), () => ({}));
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, { isSlow: true }));
  let { response, isSlow } = await Promise.race([asked, patience]);
  if (isSlow && !(await isWalletThere())) ({ response } = await asked);
  if (response && (response.status < 500 || !(await isWalletThere()))) return response;
  return keptOr(OFFLINE_CODE, () => response ?? Response.error());
}

function isWalletThere() {
  return new Promise((resolve) => {
    const opening = indexedDB.open(WALLET, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
    opening.onerror = () => resolve(false);
    opening.onsuccess = () => {
      const counting = opening.result.transaction("kept").objectStore("kept").count("wallet");
      counting.onerror = () => resolve(false);
      counting.onsuccess = () => resolve(counting.result > 0);
      opening.result.close(); // once that is answered
    };
  });
}

function forgetWallet() {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(WALLET);
    request.onsuccess = request.onerror = request.onblocked = resolve;
  });
}
