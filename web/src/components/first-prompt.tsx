import { useStore } from "../store";
import { say, type Key } from "../words";
import { useClient } from "./client-context";
import { Readiness } from "./readiness";
import { useSession } from "./session-context";

/** What the practice agent understands, and what it shows. */
const TRIES: [prompt: string, shows: Key][] = [
  ["say hello", "first.try.answer"],
  ["write notes.txt: hello", "first.try.asks"],
  ["think then plan", "first.try.plan"],
  ["crash", "first.try.crash"],
];

/** Before a session's first prompt: who pays, what is missing; with the practice agent, what to try. */
export function FirstPrompt() {
  const { feed, agent } = useSession();
  const fresh = useStore(feed.view, ({ state, phase }) => phase === "live" && state.head >= state.liveFrom && !state.turns.length && !state.queue.length);
  if (!fresh || !agent) return null;
  return (
    <>
      <Readiness provider={agent} />
      {agent.id === "practice" && <Tries />}
    </>
  );
}

function Tries() {
  const client = useClient();
  const { feed } = useSession();
  return (
    <ul aria-label={say("first.tries")} className="grid grid-cols-1 gap-2 sm:grid-cols-2">
      {TRIES.map(([prompt, shows]) => (
        <li key={prompt}>
          <button
            type="button"
            data-testid="try"
            onClick={() => { client.prompt(feed.session, prompt); }}
            className="target w-full rounded-xl border border-line bg-raised px-3.5 py-2 text-left hover:bg-panel"
          >
            <span className="block font-mono text-[0.8125rem]">{prompt}</span>
            <span className="block text-xs text-dim">{say(shows)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
