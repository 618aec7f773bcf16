/** Follows a link to a place in the session: loads pages until it is there, brings it into sight and marks it. */

import { useEffect, useRef } from "react";
import { holds, find } from "../places";
import { route, type Place } from "../route";
import type { Row } from "../rows";
import { useStore } from "../store";
import { toast } from "../toasts";
import { say } from "../words";
import { nextFrame, point } from "./bring";
import { unfold } from "./fold";
import { useSession } from "./session-context";

/** Frames in which rows that were loaded must be listed. */
const FRAMES = 60;

export interface Places {
  /** The rows as they are now. */
  rows: () => readonly Row[];
  /** Brings a row into sight. */
  show: (key: string) => Promise<HTMLElement | undefined>;
}

export function usePlace({ rows, show }: Places): void {
  const { feed } = useSession();
  const place = useStore(route, (here) => (here.view === "session" ? here.place : undefined));
  // Subscribed is not enough: what there is of the session comes behind it.
  const ready = useStore(feed.view, ({ phase, state }) => phase === "live" && state.head >= state.liveFrom);
  // A connection that comes back leads nobody anywhere again.
  const followed = useRef<Place>(undefined);
  const here = useRef(feed);
  useEffect(() => {
    here.current = feed;
  }, [feed]);
  useEffect(() => {
    if (!place || !ready || followed.current === place) return;
    let wanted = true;
    const go = async (to: Place) => {
      const loaded = await feed.loadUntil((state) => !wanted || holds(state, to));
      if (!wanted) return;
      followed.current = to;
      const found = loaded ? await listed(to) : undefined;
      if (here.current !== feed) return;
      if (!found) {
        toast(say(loaded || !feed.view.get().state.more ? "transcript.place-gone" : "transcript.place-unloaded"));
        return;
      }
      for (const entry of found.within) unfold(entry);
      const row = await show(found.row);
      if (row && here.current === feed) point(row, found.entry);
    };
    const listed = async (to: Place) => {
      for (let frame = 0; frame < FRAMES; frame += 1) {
        const found = find(rows(), feed.view.get().state, to);
        if (found) return found;
        await nextFrame();
      }
      return undefined;
    };
    void go(place);
    return () => {
      wanted = false;
    };
  }, [place, ready, feed, rows, show]);
}
