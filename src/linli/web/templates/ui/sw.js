// Pages that the server marks show nothing of a person: the newest of those that were visited can be read again
// without a network. Stylesheets have their digest in their names, so a changed one begins a new store.
const SHEETS = [{% for one in sheets %}"{{ one }}", {% endfor %}];
const STORE = `linli ${SHEETS.join(" ")}`;
const MOST_PAGES = 60;
const FRESH_MS = 60_000;
const PUBLIC = /^\/(?:(?:p|c|posts)\/\d+|shop\/\w+|search|communities|campaigns)?$/;

async function keep(request, answer) {
  const store = await caches.open(STORE);
  await store.put(request, answer);
  const pages = (await store.keys()).filter((one) => {
    const { pathname } = new URL(one.url);
    return !pathname.startsWith("/static/") && pathname !== "/offline";
  });
  await Promise.all(pages.slice(0, Math.max(0, pages.length - MOST_PAGES)).map((one) => store.delete(one)));
}

async function install() {
  const store = await caches.open(STORE);
  await store.addAll(["/offline", ...SHEETS]);
  await self.skipWaiting();
}

async function activate() {
  const old = (await caches.keys()).filter((key) => key !== STORE);
  await Promise.all(old.map((key) => caches.delete(key)));
  await self.clients.claim();
}

// A page of somebody who is signed in is theirs; what everybody may see of it is kept instead.
async function keepPublic(url) {
  const kept = await caches.match(url);
  const isFresh = kept && Date.now() - Date.parse(kept.headers.get("date")) < FRESH_MS;
  if (isFresh || !PUBLIC.test(new URL(url).pathname)) return;
  const answer = await fetch(url, { credentials: "omit" });
  if (answer.ok && answer.headers.get("X-Keep-Offline")) await keep(url, answer);
}

async function page(event) {
  const { request } = event;
  try {
    const answer = await fetch(request);
    if (answer.ok && answer.headers.get("X-Keep-Offline")) keep(request, answer.clone());
    else if (answer.ok) event.waitUntil(keepPublic(request.url).catch(() => {}));
    return answer;
  } catch {
    return (await caches.match(request)) || caches.match("/offline");
  }
}

async function file(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    const store = await caches.open(STORE);
    store.put(request, answer.clone());
  }
  return answer;
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (new URL(request.url).pathname.startsWith("/static/")) event.respondWith(file(request));
});
