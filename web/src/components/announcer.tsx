import { useEffect, useState } from "react";
import { announce, lastSaid, said, type Said } from "../announce";
import { heard } from "../heard";
import { route } from "../route";
import { useStore } from "../store";
import { useClient } from "./client-context";

/** The page's own live regions, and what is to be heard of the session in sight. */
export function Announcer() {
  useHearing();
  // Nothing of it stays on a page that somebody has signed out of.
  useEffect(() => () => { said.set([]); }, []);
  return <LiveRegions />;
}

/** What is said while these are there. A modal dialog has its own: what is outside of it is not heard. */
export function LiveRegions() {
  const [since] = useState(lastSaid);
  const all = useStore(said, (value) => value);
  const fresh = all.filter(({ id }) => id > since);
  return (
    <>
      <Region testid="heard" live="polite" role="status" all={fresh} />
      <Region testid="heard-now" live="assertive" role="alert" all={fresh} />
    </>
  );
}

function Region({ testid, live, role, all }: { testid: string; live: Said["how"]; role: "status" | "alert"; all: readonly Said[] }) {
  return (
    <div data-testid={testid} role={role} aria-live={live} aria-atomic="false" className="sr-only">
      {all.filter(({ how }) => how === live).map(({ id, text }) => <p key={id}>{text}</p>)}
    </div>
  );
}

function useHearing(): void {
  const client = useClient();
  const session = useStore(route, (place) => (place.view === "session" ? place.session : undefined));
  useEffect(() => {
    if (!session) return;
    const { view } = client.feed(session);
    let before = view.get().state;
    return view.subscribe(() => {
      const after = view.get().state;
      const told = heard(before, after, nameOf(client.lists.view.get(), session));
      before = after;
      for (const { text, how } of told) announce(text, how);
    });
  }, [client, session]);
}

function nameOf({ rows, providers }: ReturnType<ReturnType<typeof useClient>["lists"]["view"]["get"]>, session: string): string {
  const provider = rows.get(session)?.provider ?? "";
  return providers?.find(({ id }) => id === provider)?.name ?? provider;
}
