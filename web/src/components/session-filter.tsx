import { ONLY, type Only } from "../list-filter";
import { narrowed } from "../list-scope";
import { useStore } from "../store";
import { say, type Key } from "../words";
import { useClient } from "./client-context";

const WORDS: Record<Only, Key> = {
  unread: "list.only.unread",
  waiting: "list.state.waiting",
  running: "list.state.running",
  queued: "list.only.queued",
  failed: "list.state.failed",
  starred: "list.starred",
};

const LOOK = "target field-sizing-content h-7 min-w-0 truncate rounded-md bg-transparent pl-1 text-xs hover:text-text";

/** Narrows the list: to those in a state (where `states`), to those of an agent. */
export function SessionFilter({ states }: { states: boolean }) {
  const { lists } = useClient();
  const { only, provider } = useStore(narrowed, (value) => value);
  const providers = useStore(lists.view, (view) => view.providers) ?? [];
  return (
    <div className="flex items-center justify-between gap-2 px-4 pb-1">
      {states && (
        <select
          aria-label={say("list.only")}
          data-testid="only"
          value={only ?? ""}
          onChange={(event) => {
            narrowed.set({ provider, only: (event.target.value || undefined) as Only | undefined });
          }}
          className={`${LOOK} ${only ? "font-medium text-accent" : "text-dim"}`}
        >
          <option value="">{say("list.only.all")}</option>
          {ONLY.map((one) => <option key={one} value={one}>{say(WORDS[one])}</option>)}
        </select>
      )}
      <select
        aria-label={say("list.agent")}
        data-testid="only-agent"
        value={provider ?? ""}
        onChange={(event) => {
          narrowed.set({ only, provider: event.target.value || undefined });
        }}
        className={`${LOOK} ml-auto ${provider ? "font-medium text-accent" : "text-dim"}`}
      >
        <option value="">{say("list.agent.any")}</option>
        {providers.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      </select>
    </div>
  );
}
