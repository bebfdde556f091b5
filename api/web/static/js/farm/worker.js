// The field page without a line. One release is kept whole: its page and its files are fetched together
// before it is used, so that a page never meets another release's files. The server writes RELEASE and
// FILES above this; a new release makes this file another one, which is how the browser notices.

const NAME = "suyuan-field-";
const CACHE = NAME + RELEASE;
const PAGES = ["/farm", "/coop"];

addEventListener("install", (event) => event.waitUntil(keepAll().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(forgetOthers().then(() => clients.claim())));

async function keepAll() {
  const cache = await caches.open(CACHE);
  // Asks the server whether what the browser has is still right: mostly a few bytes each.
  await cache.addAll(["/farm", ...FILES].map((path) => new Request(path, { cache: "no-cache" })));
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((one) => one.startsWith(NAME) && one !== CACHE).map((one) => caches.delete(one)));
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (PAGES.includes(url.pathname) && request.mode === "navigate") {
    event.respondWith(url.searchParams.has("lang") ? inAnotherLanguage(request, url.pathname) : kept(request, url.pathname));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(staticFile(event, url.pathname));
  }
});

async function kept(request, name) {
  const cache = await caches.open(CACHE);
  return (await cache.match(name)) ?? keep(cache, request, name);
}

async function keep(cache, request, name) {
  const answer = await fetch(request);
  if (answer.ok) await cache.put(name, answer.clone());
  return answer;
}

/** A language is chosen by the address once, and holds from then on. */
async function inAnotherLanguage(request, name) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await keep(cache, request, name);
    await Promise.all(PAGES.filter((one) => one !== name).map((one) => cache.delete(one)));
    return answer;
  } catch (error) {
    const before = await cache.match(name);
    if (before) return before;
    throw error;
  }
}

/** Other pages come from the server, and so must their files. */
async function staticFile(event, name) {
  const page = await clients.get(event.clientId);
  const ours = page && PAGES.includes(new URL(page.url).pathname);
  return ours ? kept(event.request, name) : fetch(event.request);
}
