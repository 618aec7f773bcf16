import { lazy, useEffect, type ComponentType, type ReactNode } from "react";
import { ahead } from "../ahead";
import { Store, useStore } from "../store";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { Catch } from "./error-boundary";
import { Notice } from "./notice";

type Fetch<P> = () => Promise<ComponentType<P>>;

/**
 * A component whose code is fetched: ahead of its first use where there is time, else at it (below a `Suspense`).
 * Where it does not come, its place says so, and it is asked for again as soon as the connection is back.
 */
export function part<P extends object>(fetch: Fetch<P>): ComponentType<P> {
  const [Part, fetchNow] = parted(fetch, (_, missing) => <NotHere {...missing} />);
  ahead(fetchNow);
  return Part;
}

/** The same for a dialog, which says in a dialog that it did not come. `large`: never fetched ahead. */
export function dialogPart<P extends { onClose: () => void }>(fetch: Fetch<P>, { large = false } = {}): ComponentType<P> {
  const [Part, fetchNow] = parted(fetch, ({ onClose }, missing) => (
    <Dialog title={say("part.title")} onClose={onClose}>
      <NotHere {...missing} />
    </Dialog>
  ));
  if (!large) ahead(fetchNow);
  return Part;
}

class NotFetched extends Error {}

interface Missing {
  /** When it did not come: ms, as of `performance.now`. */
  since: () => number;
  onAgain: () => void;
}

/** ms after which a place that comes to be asks anew: what did not come for another one may come by now. */
const AGAIN_AFTER = 1000;

function parted<P extends object>(fetch: Fetch<P>, shown: (props: P, missing: Missing) => ReactNode): [ComponentType<P>, () => Promise<void>] {
  let wanted = false;
  let since = 0;
  const attempt = (): ComponentType<P> =>
    lazy(async () => {
      wanted = true;
      try {
        return { default: await fetch() };
      } catch (error) {
        wanted = false;
        since = performance.now();
        throw new NotFetched(String(error));
      }
    });
  const current = new Store({ count: 0, Shown: attempt() });
  const again = () => {
    current.set({ count: current.get().count + 1, Shown: attempt() });
  };
  function Part(props: P) {
    const { count, Shown } = useStore(current, (value) => value);
    const missing = (error: Error) => {
      if (error instanceof NotFetched) return shown(props, { since: () => since, onAgain: again });
      throw error; // what its code does wrong is not caught here
    };
    return (
      <Catch key={count} shown={missing}>
        <Shown {...props} />
      </Catch>
    );
  }
  const fetchNow = async () => {
    const Shown = await fetch();
    if (!wanted) current.set({ count: current.get().count + 1, Shown }); // nobody waits for the other
  };
  return [Part, fetchNow];
}

function NotHere({ since, onAgain }: Missing) {
  const { link } = useClient();
  const live = useStore(link, ({ phase }) => phase === "live");
  useEffect(() => {
    if (live && performance.now() - since() > AGAIN_AFTER) onAgain();
    if (live) return undefined;
    return link.subscribe(() => {
      if (link.get().phase === "live") onAgain();
    });
  }, [live, link, since, onAgain]);
  return (
    <Notice
      tone="warn"
      icon="alert"
      role="status"
      testid="part-missing"
      title={say("part.title")}
      actions={<Button onClick={onAgain}>{say("notice.try-again")}</Button>}
    >
      {say(live ? "part.reload" : "part.later")}
    </Notice>
  );
}
