/**
 * The session that somebody is about to open: the pointer rests on a link to it, a finger or the focus is on one.
 * What there is of it can be here before the click.
 */

import { sessionAt } from "./route";
import { Store } from "./store";

/** ms that a pointer rests on what it is for: one that only comes by does not. */
const RESTS_MS = 40;

export const about = new Store<string | undefined>(undefined);

export function followIntent(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const set = (event: Event, after: number) => {
    clearTimeout(timer);
    const session = sessionOf(event.target);
    if (after && session !== undefined) timer = setTimeout(() => { about.set(session); }, after);
    else about.set(session);
  };
  const rests = (event: Event) => { set(event, RESTS_MS); };
  const now = (event: Event) => { set(event, 0); };
  const no = () => {
    clearTimeout(timer);
    about.set(undefined);
  };
  // A finger that scrolls, a pointer that leaves the window, a page that is put away.
  const listeners = { pointerover: rests, pointerdown: now, focusin: now, pointercancel: no, pointerleave: no, visibilitychange: no };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener, { passive: true });
  return () => {
    clearTimeout(timer);
    for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
  };
}

function sessionOf(target: EventTarget | null): string | undefined {
  const link = target instanceof Element ? target.closest<HTMLAnchorElement>("a[href]") : null;
  return link ? sessionAt(link.href) : undefined;
}
