import type { ProviderInfo } from "../protocol";
import { useStore } from "../store";
import { say } from "../words";
import { useClient } from "./client-context";
import { PRACTICE, Readiness, ReadyDot, readyFirst, standing, usable } from "./readiness";

/** What the choices have in common, for the browser. */
const GROUP = "provider";

/** Which agent is to work: what is on this machine, and what the others need. */
export function AgentChoice({ value, onChange }: { value: string; onChange: (provider: string) => void }) {
  const client = useClient();
  const known = useStore(client.lists.view, (lists) => lists.providers);
  const providers = known ?? [];
  const chosen = providers.find(({ id }) => id === value);
  return (
    <fieldset>
      <legend className="sr-only">{say("settings.agent")}</legend>
      {!known && <p role="status" className="text-[0.8125rem] text-faint">{say("settings.looking")}</p>}
      <div className="flex flex-wrap gap-2">
        {readyFirst(providers).map((provider) => (
          <label
            key={provider.id}
            className={`target flex cursor-pointer items-center gap-2 rounded-full border px-3 py-1 has-focus-visible:outline-2 has-focus-visible:outline-accent ${
              provider.id === value ? "border-accent bg-accent-soft" : "border-line bg-raised hover:bg-panel"
            }`}
          >
            <input
              type="radio"
              name={GROUP}
              value={provider.id}
              data-testid={`provider-${provider.id}`}
              checked={provider.id === value}
              onChange={() => { onChange(provider.id); }}
              className="sr-only"
            />
            <ReadyDot provider={provider} />
            <span className={usable(provider) ? "" : "text-dim"}>{provider.name}</span>
            {!usable(provider) && <span className="text-xs text-faint">{standing(provider)}</span>}
          </label>
        ))}
      </div>
      <div className="mt-2.5 empty:hidden">{chosen && <Readiness provider={chosen} />}</div>
    </fieldset>
  );
}

/**
 * Which agent is taken where none was chosen: the server's first, unless only others can be used here.
 * Undefined: it is not known yet what can be used. `blind`: it will not be known.
 */
export function usualAgent(providers: ProviderInfo[] | undefined, first: string | null, blind = false): string | undefined {
  if (!providers) return blind ? (first ?? undefined) : undefined;
  const ready = providers.filter(usable);
  const real = ready.find(({ id }) => id !== PRACTICE); // the practice agent is there where no other is
  return (ready.find(({ id }) => id === first) ?? real ?? ready[0])?.id ?? first ?? undefined;
}
