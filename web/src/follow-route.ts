/**
 * The session that the address names is followed: from the click on, before anything is drawn of it. So is the one that
 * somebody is about to open, until it is opened, or they have turned to something else for a while.
 */

import { about } from "./about";
import type { Client } from "./client";
import { route } from "./route";

/** ms that a session is still followed that nobody is about to open any more. */
const LINGER_MS = 2000;

export function followRoute(client: Pick<Client, "follow" | "unfollow">): () => void {
  let shown: string | undefined;
  let near: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const leaveNear = () => {
    clearTimeout(timer);
    if (near !== undefined) client.unfollow(near);
    near = undefined;
  };
  const prepare = () => {
    const next = about.get();
    clearTimeout(timer);
    if (next === undefined || next === shown) timer = setTimeout(leaveNear, LINGER_MS);
    else if (next !== near) {
      leaveNear();
      near = next;
      client.follow(next, true);
    }
  };
  const follow = () => {
    const here = route.get();
    const left = shown;
    shown = here.view === "session" ? here.session : undefined;
    if (shown === left) return;
    if (shown === near) near = undefined;
    if (shown !== undefined) client.follow(shown);
    if (left !== undefined) client.unfollow(left);
  };
  follow();
  const stops = [route.subscribe(follow), about.subscribe(prepare)];
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}
