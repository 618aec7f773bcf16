import { effortName, modelName, modeName } from "../names";
import type { ProviderInfo } from "../protocol";
import { useStore } from "../store";
import { say } from "../words";
import { useClient } from "./client-context";
import { ModelChoice } from "./model-choice";

/** So many models fit into a menu; more are searched. */
const FEW = 15;

export interface Settings {
  mode?: string;
  model?: string;
  effort?: string;
}

interface AgentSettingsProps {
  /** Whose they are: what is open for one is not for another. */
  of?: string;
  agent?: ProviderInfo;
  /** What the running agent told, where it did: better than what is known of its kind. */
  modes?: string[];
  models?: string[];
  efforts?: string[];
  value: Settings;
  onChange: (change: Settings) => void;
}

/** Mode, model and effort, where the agent has a choice. Modes that ask nothing are offered only if the server allows them. */
export function AgentSettings({ of, agent, modes, models, efforts, value, onChange }: AgentSettingsProps) {
  const client = useClient();
  const allowBypass = useStore(client.account, (account) => account.phase === "ready" && account.me.allowBypass);
  const bypass = agent?.capabilities.bypassModes ?? [];
  const known = modes?.length ? modes : (agent?.capabilities.modes ?? []);
  const offered = known.filter((mode) => allowBypass || !bypass.includes(mode) || mode === value.mode);
  const choice = [models, agent?.capabilities.models, agent?.readiness?.models].find((list) => list?.length) ?? [];
  // A running agent tells those of its model, which may be none.
  const thinking = models?.length ? efforts : agent?.capabilities.efforts;
  const choose = (model: string) => { onChange({ model }); };
  return (
    <>
      <Choice testid="mode" name={say("settings.mode")} words={modeName} options={offered} value={value.mode} onChange={(mode) => { onChange({ mode }); }} />
      {choice.length > FEW ? (
        <ModelChoice key={of} words={modelName} options={choice} value={value.model} onChange={choose} />
      ) : (
        <Choice testid="model" name={say("settings.model")} words={modelName} options={choice} value={value.model} onChange={choose} />
      )}
      <Choice testid="effort" name={say("settings.effort")} words={effortName} options={thinking ?? []} value={value.effort} onChange={(effort) => { onChange({ effort }); }} />
    </>
  );
}

/** What an agent does where nothing was chosen, if it has a name for it. */
const USUAL = "default";

function Choice({ testid, name, words, options, value, onChange }: {
  testid: string;
  name: string;
  words: (option: string) => string;
  options: string[];
  value?: string;
  onChange: (value: string) => void;
}) {
  if (options.length < 2) return null;
  const usual = options.includes(USUAL) ? USUAL : undefined;
  return (
    <select
      aria-label={name}
      title={name}
      data-testid={testid}
      value={value ?? usual ?? ""}
      onChange={(event) => { onChange(event.target.value); }}
      className="target field-sizing-content h-8 max-w-40 min-w-0 truncate rounded-lg bg-transparent pl-1.5 text-xs text-dim hover:bg-bubble hover:text-text"
    >
      {value === undefined && !usual && <option value="">{name}</option>}
      {value !== undefined && !options.includes(value) && <option value={value}>{words(value)}</option>}
      {options.map((option) => (
        <option key={option} value={option}>{words(option)}</option>
      ))}
    </select>
  );
}

/** The agent asks nothing before it acts: to be seen at any time. */
export function BypassBadge({ agent, mode }: { agent?: ProviderInfo; mode?: string }) {
  if (!mode || !agent?.capabilities.bypassModes?.includes(mode)) return null;
  return (
    <span data-testid="bypass" title={mode} className="shrink-0 rounded-full bg-bad-soft px-2 py-0.5 text-xs font-medium text-bad">
      {say("mode.bypass")}
    </span>
  );
}
