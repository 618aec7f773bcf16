import type { ProviderInfo } from "../protocol";
import { useStore } from "../store";
import { say } from "../words";
import { useClient } from "./client-context";
import { PRACTICE, Readiness, ReadyDot, standing, usable, useReadyFirst } from "./readiness";

/** What the choices have in common, for the browser. */
const GROUP = "provider";

/** Which agent is to work: what is on this machine, and what the others need. */
export function AgentChoice({ value, onChange }: { value: string; onChange: (provider: string) => void }) {
  const client = useClient();
  const providers = useStore(client.lists.view, (lists) => lists.providers);
  const chosen = providers?.find(({ id }) => id === value);
  return (
    <fieldset>
      <legend className="sr-only">{say("settings.agent")}</legend>
      {providers ? (
        <Agents providers={providers} value={value} onChange={onChange} />
      ) : (
        <p role="status" className="text-[0.8125rem] text-faint">{say("settings.looking")}</p>
      )}
      <div className="mt-2.5 min-h-5">{chosen && <Readiness provider={chosen} />}</div>
    </fieldset>
  );
}

/** All of one size, in an order that holds: what is learned about one moves none of them from under a finger. */
function Agents({ providers, value, onChange }: { providers: ProviderInfo[]; value: string; onChange: (provider: string) => void }) {
  const ordered = useReadyFirst(providers);
  return (
    <div className="grid grid-cols-2 gap-2 sm:grid-cols-3">
      {ordered.map((provider) => (
        <label
          key={provider.id}
          className={`target relative flex min-w-0 cursor-pointer items-center gap-2.5 rounded-xl border px-3 py-1.5 has-focus-visible:outline-2 has-focus-visible:outline-accent ${
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
          <span className="min-w-0 flex-1">
            <span className={`block truncate ${usable(provider) ? "" : "text-dim"}`}>{provider.name}</span>
            <span className="block truncate text-xs text-faint">{standing(provider)}</span>
          </span>
        </label>
      ))}
    </div>
  );
}

/**
 * Which agent is taken where none was chosen: the server's first, unless only others can be used here.
 * Undefined: it is not known yet what can be used. `blind`: it will not be known.
 */
export function usualAgent(providers: ProviderInfo[] | undefined, first: string | null, blind = false): string | undefined {
  if (!providers) return blind ? (first ?? undefined) : undefined;
  if (providers.some(({ id, readiness }) => id === first && !readiness)) return first ?? undefined; // not to be taken and given back
  const ready = providers.filter(usable);
  const real = ready.find(({ id }) => id !== PRACTICE); // the practice agent is there where no other is
  return (ready.find(({ id }) => id === first) ?? real ?? ready[0])?.id ?? first ?? undefined;
}
