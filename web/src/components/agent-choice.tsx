import { useStore } from "../store";
import { useClient } from "./client-context";
import { Readiness, usable } from "./readiness";

/** Which agent is to work: what is on this machine, and what the others need. */
export function AgentChoice({ value, onChange }: { value: string; onChange: (provider: string) => void }) {
  const client = useClient();
  const providers = useStore(client.lists.view, (lists) => lists.providers) ?? [];
  const chosen = providers.find(({ id }) => id === value);
  return (
    <fieldset>
      <legend className="sr-only">Agent</legend>
      <div className="flex flex-wrap gap-2">
        {providers.map((provider) => (
          <label
            key={provider.id}
            className={`target flex cursor-pointer items-center gap-2 rounded-full border px-3 py-1 has-focus-visible:outline-2 has-focus-visible:outline-accent ${
              provider.id === value ? "border-accent bg-accent-soft" : "border-line bg-raised hover:bg-panel"
            }`}
          >
            <input
              type="radio"
              name="provider"
              value={provider.id}
              data-testid={`provider-${provider.id}`}
              checked={provider.id === value}
              onChange={() => { onChange(provider.id); }}
              className="sr-only"
            />
            <span className={`size-2 rounded-full ${usable(provider) ? "bg-good" : "bg-faint"}`} />
            {provider.name}
            {!usable(provider) && <span className="text-xs text-faint">{provider.readiness.found ? "not signed in" : "not here"}</span>}
          </label>
        ))}
      </div>
      <div className="mt-2.5 empty:hidden">{chosen && <Readiness provider={chosen} />}</div>
    </fieldset>
  );
}
