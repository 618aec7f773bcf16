// The offline shell: the page opens while the server is away, says so, and connects again by itself.
// Built by scripts/offline.mjs, which fills in the two constants. What holds:
// 1. A page that can be had from the server is never taken from here.
// 2. All that is kept belongs to exactly this version of the page; another version has a cache of its own.
// 3. Answers of the server's (/api, /ws …) are never kept, nor seen here.
// 4. `serve --no-offline` puts a worker in this one's place that takes all away again.

const VERSION = "__VERSION__";
/** Files that the page cannot open without, and the page itself under "". */
const SHELL = JSON.parse('__SHELL__');

const { scope } = self.registration;
const PREFIX = `antiphon:${new URL(scope).pathname}:`;
const CACHE = PREFIX + VERSION;
const SERVERS_OWN = /^(api|ws|docs|health|metrics)(\/|$)|^[^/]+\.\w+$/;
/** A proxy whose server is away. */
const AWAY = new Set([502, 503, 504]);

const at = (path) => new URL(path, scope).href;

async function keepShell() {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.map((path) => new Request(at(path), { cache: "no-cache" })));
  const page = await (await cache.match(at(""))).text();
  // The server may have been renewed between this script and the page: they would not fit.
  if (!SHELL.every((path) => !path.startsWith("assets/index-") || page.includes(path))) {
    await caches.delete(CACHE);
    throw new Error("the page is of another version than its worker");
  }
}

async function dropOthers() {
  // Another tab may still live on files of the version before, which the server has no more.
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (tabs.length > 1) return;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
}

async function page(request) {
  const kept = async () => (await caches.open(CACHE)).match(at(""));
  try {
    const answer = await fetch(request);
    return AWAY.has(answer.status) ? ((await kept()) ?? answer) : answer;
  } catch (error) {
    const shell = await kept();
    if (shell) return shell;
    throw error;
  }
}

/** A file whose name says its content: once here, it is right for ever. */
async function hashed(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await (await caches.open(CACHE)).put(request, answer.clone()).catch(() => undefined); // storage may be full
  return answer;
}

async function plain(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(CACHE)).match(request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

/** To what a notification tells of: in a window that is there, which finds the way itself, or in a new one. */
async function showPath(path) {
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const tab = tabs.find(({ url }) => url.startsWith(scope));
  if (!tab) return self.clients.openWindow(at(path));
  await tab.focus().catch(() => undefined); // the browser may not allow it
  tab.postMessage({ path });
}

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(dropOthers().then(() => self.clients.claim())));
self.addEventListener("message", ({ data }) => {
  // A page that the server has just given is of the newest version: no need to wait for the tabs of the older one.
  if (data === "take-over") self.skipWaiting();
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(showPath(event.notification.data?.path ?? ""));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(scope)) return;
  const path = request.url.slice(scope.length).replace(/[?#].*$/, "");
  if (request.mode === "navigate") {
    if (!SERVERS_OWN.test(path)) event.respondWith(page(request));
  } else if (path.startsWith("assets/")) event.respondWith(hashed(request));
  else if (path && SHELL.includes(path)) event.respondWith(plain(request));
});
