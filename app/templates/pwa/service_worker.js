// Keeps the static files of this release, the pages for no network, help and hotlines. Never a page with a person in it,
// a document or an API answer: those go to the network alone. Pages are kept as a browser without cookies gets them,
// in the language that the page on the screen says. Without a network, /code is answered by a page without a person: the phone's own
// wallet fills it. One worker for all languages: another one at each change would take over under the reader's next step.
const RELEASE = {{ release|tojson }};
const CACHE = `pingzheng-${RELEASE}-{{ pages_version }}`; // the files; the pages of each language in one of their own
const FILES = {{ files|tojson }};
const PAGES = {{ pages|tojson }};
const TAGS = {{ tags|tojson }}; // language -> the page's lang attribute
const OFFLINE = "/offline";
const OFFLINE_CODE = "/offline/code";
const LANGUAGE = "/offline/language"; // a note of our own in the store: the language of the reader
const WALLET = "pingzheng-wallet"; // names as in static/js/code/keystore.js and wallet.js
const PATIENCE_MS = 4000; // for a weak signal, when the phone can show the code by itself

const pagesIn = (spoken) => caches.open(`${CACHE}-${spoken}`);
const isFile = (path) => path.startsWith("/static/v-");
const isOfThisRelease = (path) => path.startsWith(`/static/v-${RELEASE}/`);
const isCode = (path) => /^\/code(\/\d+)?$/.test(path);
const keepsPage = (path) => path === "/help" || path.startsWith("/help/");

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(Promise.all([fillAnew(), forgetWallet()]));
  else if (event.data === "nobody-looks") event.waitUntil(takeOver());
  else if (event.data && TAGS[event.data.language]) event.waitUntil(speak(event.data.language));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (isFile(url.pathname)) event.respondWith(keptFile(request, url));
  else if (url.pathname === OFFLINE_CODE) event.respondWith(keptOr(OFFLINE_CODE, () => fetch(request)));
  else if (request.mode === "navigate") event.respondWith(isCode(url.pathname) ? codePage(request) : page(event, url));
});

/** At once where there is no other worker. Else it waits: who takes over while the other answers a navigation breaks it off (WebKit). */
async function install() {
  await fill(await language());
  if (!self.registration.active) await self.skipWaiting();
}

/** Asked for by a page that is out of sight: nobody is on the way to another one then, unless in a window that is seen. */
async function takeOver() {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (windows.every((each) => each.visibilityState === "hidden")) await self.skipWaiting();
}

/** The files must all be there before this worker takes over; a page that does not come now is kept when it is next seen. */
async function fill(spoken) {
  await (await caches.open(CACHE)).addAll(FILES);
  await keepPages(spoken);
}

async function fillAnew() {
  const spoken = await language();
  const ours = (await caches.keys()).filter((name) => name.startsWith(CACHE));
  await Promise.all(ours.map((name) => caches.delete(name)));
  await fill(spoken);
}

async function keepPages(spoken) {
  await (await caches.open(CACHE)).put(LANGUAGE, new Response(spoken));
  await Promise.all(PAGES.map((path) => keepPage(path, spoken)));
}

/** The reader chose another language: its pages are kept beside those of the one before. */
async function speak(wanted) {
  if (wanted !== (await language())) await keepPages(wanted);
}

/** As last told, by this release or the one before; else what the server makes of the reader's cookie and browser. */
async function language() {
  const noted = (await (await caches.open(CACHE)).match(LANGUAGE)) || (await caches.match(LANGUAGE));
  if (noted) return noted.text();
  const manifest = await fetch("/manifest.webmanifest", { credentials: "same-origin", cache: "no-store" }).then((answer) => answer.json(), () => ({}));
  return Object.keys(TAGS).find((each) => TAGS[each] === manifest.lang) || Object.keys(TAGS)[0];
}

/** One release before this one stays: a page that was open when this worker took over may still ask for its files. */
async function forgetOlder() {
  const others = (await caches.keys()).filter((name) => name.startsWith("pingzheng-") && !name.startsWith(CACHE));
  const releaseOf = (name) => name.split("-").slice(0, 3).join("-");
  const before = others.length ? releaseOf(others[others.length - 1]) : "";
  await Promise.all(others.filter((name) => releaseOf(name) !== before).map((name) => caches.delete(name)));
}

async function keepPage(path, spoken) {
  const response = await fetch(`${path}?lang=${spoken}`, { credentials: "omit", cache: "no-store", redirect: "error" }).catch(() => null);
  if (response && response.ok) await (await pagesIn(spoken)).put(path, response);
}

async function keptFile(request, url) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok && isOfThisRelease(url.pathname)) await (await caches.open(CACHE)).put(request, response.clone());
  return response;
}

/** In the reader's language; in another one rather than not at all. */
async function keptOr(path, otherwise) {
  return (await (await pagesIn(await language())).match(path)) || (await caches.match(path)) || otherwise();
}

async function page(event, url) {
  let response;
  try {
    response = await fetch(event.request);
  } catch (noNetwork) {
    const offline = () => keptOr(OFFLINE, () => Response.error());
    return keepsPage(url.pathname) ? keptOr(url.pathname, offline) : offline();
  }
  if (response.ok && keepsPage(url.pathname) && !url.search) event.waitUntil(keepSeen(url.pathname));
  return response;
}

async function keepSeen(path) {
  await keepPage(path, await language());
}

/** The server's page; without a network, with too weak a signal or a server in trouble the phone's own, if it has one. */
async function codePage(request) {
  const asked = fetch(request).then((response) => ({ response }), () => ({}));
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, { isSlow: true }));
  let { response, isSlow } = await Promise.race([asked, patience]);
  if (isSlow && !(await isWalletThere())) ({ response } = await asked);
  if (response && (response.status < 500 || !(await isWalletThere()))) return response;
  return keptOr(OFFLINE_CODE, () => response || Response.error());
}

/** Tried once more where the browser lost its store for a moment. */
function isWalletThere() {
  return countWallet().catch(countWallet).catch(() => false);
}

function countWallet() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(WALLET, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const counting = opening.result.transaction("kept").objectStore("kept").count("wallet");
      counting.onerror = () => reject(counting.error);
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
