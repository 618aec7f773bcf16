/**
 * The browser's notifications: for what waits for the person and for turns that ended, while nobody looks at the page.
 *
 * 1. They are asked for by a click, never by the page itself; whether they are wanted is kept in this browser.
 * 2. While a tab of this server's is in sight, none is shown: each such tab holds a lock, which the others look for.
 * 3. Each event is told once over all tabs: whoever takes its lock first tells it, and keeps for later that it did.
 * 4. A click leads to the session, and to the question there. Where there is a service worker it shows them, as
 *    Android asks for; it is given `{ data: { path } }` and, on a click, shows that path in a window of ours.
 */

import { address, storageKey } from "./address";
import { go } from "./route";
import { Store } from "./store";

export interface Told {
  /** The event: told once. */
  id: string;
  title: string;
  body: string;
  /** Below the base. */
  path: string;
}

export interface Notifying {
  /** This browser can, on this address: over https, or on this very machine. */
  possible: boolean;
  /** What the browser was told by the person: "denied" can be changed in the browser's own settings only. */
  permission: NotificationPermission;
  /** They are wanted here, and allowed. */
  on: boolean;
}

const WANTED = storageKey("notifications");
const TOLD = storageKey("told");
/** Events that are remembered as told. */
const KEPT = 200;
/** Held while one is shown and while they are looked at: Chromium forgets one that is looked at before it is drawn. */
const SHOWING = storageKey("showing");
/** ms until what one tab keeps is surely seen by the others: at once it is not, they are other processes. */
const SEEN = 10_000;
/** ms in which a service worker that is on its way is there. */
const ON_ITS_WAY = 3000;

const possible = "Notification" in window && "locks" in navigator && window.isSecureContext;

/** Some browsers have none, such as in a private window. */
const workers: ServiceWorkerContainer | undefined = "serviceWorker" in navigator ? navigator.serviceWorker : undefined;

export const notifying = new Store<Notifying>(read());

function read(): Notifying {
  const permission = possible ? Notification.permission : "denied";
  return { possible, permission, on: permission === "granted" && localStorage.getItem(WANTED) === "on" };
}

/** The person wants them: asks the browser, which asks the person where it has not yet. Only after a click. */
export async function turnOn(): Promise<void> {
  if (!possible) return;
  localStorage.setItem(WANTED, "on");
  if (Notification.permission === "default") await Notification.requestPermission();
  notifying.set(read());
}

export function turnOff(): void {
  localStorage.removeItem(WANTED);
  notifying.set(read());
}

/** Tells it, unless somebody looks at the page, or another tab has told it. */
export async function tell(event: Told): Promise<void> {
  notifying.set(read()); // it may have been changed in another tab, or in the browser's settings
  if (!notifying.get().on || (await watched())) return;
  await navigator.locks.request(`${TOLD}/${event.id}`, { ifAvailable: true }, async (mine) => {
    if (!mine || readTold().includes(event.id)) return;
    await navigator.locks.request(SHOWING, () => show(event));
    await remember(event.id);
    await new Promise((resolve) => setTimeout(resolve, SEEN));
    await remember(event.id); // another tab that did not see it yet may have written over it
  });
}

/** It is no news any more, such as a question that was answered; undefined: none is, somebody signed out. */
export async function withdraw(id?: string): Promise<void> {
  if (!possible) return;
  await navigator.locks.request(SHOWING, async () => {
    for (const [one, shown] of open) if (id === undefined || one === id) shown.close();
    const worker = await workers?.getRegistration();
    for (const shown of (await worker?.getNotifications({ tag: id })) ?? []) shown.close();
  });
}

/** Those that this tab shows without a service worker. */
const open = new Map<string, Notification>();

async function show({ id, title, body, path }: Told): Promise<void> {
  const options: NotificationOptions = { body, tag: id, icon: address("icon.svg"), data: { path } };
  const worker = await activeWorker();
  if (worker) {
    await worker.showNotification(title, options);
    return;
  }
  const shown = new Notification(title, options);
  open.set(id, shown);
  shown.onclose = () => { open.delete(id); };
  shown.onclick = () => {
    window.focus();
    go(path);
    shown.close();
  };
}

/** The service worker, if there is one; the first time the page is opened it is still on its way. */
async function activeWorker(): Promise<ServiceWorkerRegistration | undefined> {
  const worker = await workers?.getRegistration();
  if (!workers || !worker || worker.active) return worker;
  const never = new Promise<undefined>((resolve) => setTimeout(resolve, ON_ITS_WAY));
  return Promise.race([workers.ready, never]);
}

async function remember(id: string): Promise<void> {
  await navigator.locks.request(TOLD, () => {
    const told = readTold();
    if (!told.includes(id)) localStorage.setItem(TOLD, JSON.stringify([...told, id].slice(-KEPT)));
  });
}

function readTold(): string[] {
  try {
    const told: unknown = JSON.parse(localStorage.getItem(TOLD) ?? "[]");
    return Array.isArray(told) ? told.map(String) : [];
  } catch {
    return []; // not ours: nothing was told
  }
}

const WATCHED = storageKey("watched");

async function watched(): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === WATCHED);
}

/** Lets the other tabs know whether this one is in sight. Ends with the page. */
export function watch(): void {
  if (!possible) return;
  let release: (() => void) | undefined;
  const look = () => {
    release?.();
    release = undefined;
    if (document.visibilityState !== "visible") return;
    const gone = new Promise<void>((resolve) => { release = resolve; });
    void navigator.locks.request(WATCHED, { mode: "shared" }, () => gone);
  };
  look();
  document.addEventListener("visibilitychange", look);
  // A click on what the service worker showed leads to its path in this window.
  workers?.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (typeof data === "object" && data !== null && "path" in data && typeof data.path === "string") go(data.path);
  });
}
