const CACHE = "linli-{{ css }}";
// Pages that the server marks show nothing of a person: the newest of those that were visited can be read again without a network.
const MOST_PAGES = 60;
async function keep(request, answer) {
  const cache = await caches.open(CACHE);
  await cache.put(request, answer);
  const pages = (await cache.keys()).filter((one) => !new URL(one.url).pathname.startsWith("/static/") && new URL(one.url).pathname !== "/offline");
  await Promise.all(pages.slice(0, Math.max(0, pages.length - MOST_PAGES)).map((one) => cache.delete(one)));
}
self.addEventListener("install", (event) => { event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(["/offline", "{{ css }}"])).then(() => self.skipWaiting())); });
self.addEventListener("activate", (event) => { event.waitUntil(caches.keys().then((keys) => Promise.all(keys.filter((key) => key !== CACHE).map((key) => caches.delete(key)))).then(() => self.clients.claim())); });
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).then((answer) => { if (answer.ok && answer.headers.get("X-Keep-Offline")) { keep(request, answer.clone()); } return answer; })
      .catch(() => caches.match(request).then((hit) => hit || caches.match("/offline"))));
    return;
  }
  if (new URL(request.url).pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request).then((hit) => hit || fetch(request).then((answer) => { if (answer.ok) { const copy = answer.clone(); caches.open(CACHE).then((cache) => cache.put(request, copy)); } return answer; })));
  }
});
