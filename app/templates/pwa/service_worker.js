// Keeps the static files of this release, the page for no network, help and hotlines. Never a page with a person in it,
// a document or an API answer: those go to the network alone. Pages are kept as a browser without cookies gets them,
// in the language chosen here.
const RELEASE = {{ release|tojson }};
const LANGUAGE = {{ language|tojson }};
const CACHE = `pingzheng-${RELEASE}-${LANGUAGE}`;
const FILES = {{ files|tojson }};
const PAGES = {{ pages|tojson }};
const OFFLINE = "/offline";

const keepsFile = (path) => path.startsWith(`/static/v-${RELEASE}/`);
const keepsPage = (path) => path === "/help" || path.startsWith("/help/");

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "forget") event.waitUntil(caches.delete(CACHE).then(fill));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (keepsFile(url.pathname)) event.respondWith(keptFile(request));
  else if (request.mode === "navigate") event.respondWith(page(event, url));
});

async function fill() {
  const cache = await caches.open(CACHE);
  await Promise.all([cache.addAll(FILES), ...PAGES.map((path) => keepPage(path, cache))]);
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("pingzheng-") && name !== CACHE).map((name) => caches.delete(name)));
}

async function keepPage(path, cache) {
  const response = await fetch(`${path}?lang=${LANGUAGE}`, { credentials: "omit", cache: "no-store", redirect: "error" }).catch(() => null);
  if (response?.ok) await (cache ?? (await caches.open(CACHE))).put(path, response);
}

async function keptFile(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

async function page(event, url) {
  try {
    const response = await fetch(event.request);
    if (response.ok && keepsPage(url.pathname) && !url.search) event.waitUntil(keepPage(url.pathname));
    return response;
  } catch {
    const cache = await caches.open(CACHE);
    return (keepsPage(url.pathname) && (await cache.match(url.pathname))) || (await cache.match(OFFLINE)) || Response.error();
  }
}
