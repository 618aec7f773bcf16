/** The session that the address names is followed: from the click on, before anything is drawn of it. */

import type { Client } from "./client";
import { route } from "./route";

export function followRoute(client: Pick<Client, "follow" | "unfollow">): () => void {
  let followed: string | undefined;
  const follow = () => {
    const here = route.get();
    const left = followed;
    followed = here.view === "session" ? here.session : undefined;
    if (followed === left) return;
    if (followed !== undefined) client.follow(followed);
    if (left !== undefined) client.unfollow(left);
  };
  follow();
  return route.subscribe(follow);
}
