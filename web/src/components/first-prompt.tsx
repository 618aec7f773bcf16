import { useStore } from "../store";
import { Readiness } from "./readiness";
import { useSession } from "./session-context";

/** Before a session's first prompt: who pays, and what is missing. */
export function FirstPrompt() {
  const { feed, agent } = useSession();
  const fresh = useStore(feed.view, ({ state, phase }) => phase === "live" && !state.turns.length && !state.queue.length);
  return fresh && agent ? <Readiness provider={agent} /> : null;
}
