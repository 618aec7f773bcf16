/** What of a session's changes a person hears: ends, failures, silence; not every delta. Pure. */

import type { State, Turn } from "./session";
import { language, say } from "./words";
import type { Said } from "./announce";

export type Heard = Pick<Said, "text" | "how">;

/** What happened from one state to the next; of a turn that was not known to run, nothing. */
export function heard(before: State, after: State, agent: string): Heard[] {
  if (!before.running) return [];
  const was = find(before, before.running);
  const now = find(after, before.running);
  if (!was || !now || was === now) return [];
  if (now.status !== "running") return [end(now, agent)];
  const silent = was.stalledSince === undefined && now.stalledSince !== undefined;
  return silent ? [{ text: say("heard.silent", { agent }), how: "polite" }] : [];
}

function find(state: State, id: string): Turn | undefined {
  return state.turns.findLast((turn) => turn.id === id);
}

function end(turn: Turn, agent: string): Heard {
  switch (turn.status) {
    case "failed":
      return { text: failed(turn, agent), how: "assertive" };
    case "interrupted":
      return { text: say("heard.interrupted"), how: "assertive" };
    case "cancelled":
      return { text: say("heard.stopped"), how: "polite" };
    default:
      return { text: say("heard.done", { agent }), how: "polite" };
  }
}

/** The server's sentence where it is in the person's language, else what kind of failure it was. */
function failed({ failure }: Turn, agent: string): string {
  if (!failure) return say("heard.failed", { agent });
  return language.get() === "en" ? failure.message : say(`failure.${failure.code}`);
}
