import { useEffect, useSyncExternalStore } from "react";
import { markSeen } from "../api";
import { useStore } from "../store";
import { useClient } from "./client-context";

function watch(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  return () => {
    document.removeEventListener("visibilitychange", listener);
  };
}

/** Tells the server that this session is being looked at, so that no device shows its turns as unread. */
export function useSeen(session: string | undefined): void {
  const { lists, link } = useClient();
  const visible = useSyncExternalStore(watch, () => document.visibilityState === "visible");
  const live = useStore(link, ({ phase }) => phase === "live");
  const row = useStore(lists.view, ({ rows }) => (session ? rows.get(session) : undefined));
  const unread = row?.unread ? (row.head ?? 0) : undefined;
  useEffect(() => {
    // What fails here is not told: the session stays unread, and is marked when it is looked at again.
    if (session && visible && live && unread !== undefined) void markSeen(session, unread);
  }, [session, visible, live, unread]);
}
