// The field page without a line: its page and files are kept, and given where the network does not answer.

const CACHE = "suyuan-field-1";
const PAGES = ["/farm", "/coop"];
const PATIENCE_MS = 3000;

const isStatic = (url) => url.pathname.startsWith("/static/");

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (PAGES.includes(url.pathname)) event.respondWith(networkFirst(event.request, url.pathname));
  else if (isStatic(url)) event.respondWith(networkFirst(event.request, url.pathname));
});

async function networkFirst(request, name) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(name);
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok) await cache.put(name, answer.clone());
    return answer;
  });
  if (!kept) return fresh;
  const patience = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS));
  return Promise.race([fresh.catch(() => kept), patience]);
}
