import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { keepKey, removeKey, type Problem } from "../api";
import type { ProviderInfo, ProviderKey } from "../protocol";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { CommandLine } from "./failure-card";
import { Icon } from "./icons";
import { ProblemNotice } from "./notice";
import { once } from "./once";

interface AgentKeyProps {
  provider: ProviderInfo;
  agentKey: ProviderKey;
  /** Somebody came for this agent: where it lacks a key, the form is open. */
  wanted: boolean;
}

/** Where an agent's key is; add one, replace it, remove it. The key itself is never shown. */
export function AgentKey({ provider, agentKey, wanted }: AgentKeyProps) {
  const { source, kept, problem } = agentKey;
  const { readiness } = provider;
  const lacks = readiness?.action?.kind === "add-key";
  // Somebody came to write one (`?key`), also in place of one that was refused.
  const asked = wanted && (kept || !source) && new URLSearchParams(location.search).has("key");
  const [chosen, setDoing] = useState<"nothing" | "write" | "remove" | undefined>(asked ? "write" : undefined);
  const doing = chosen ?? (wanted && lacks && !source ? "write" : "nothing");
  const section = useRef<HTMLElement>(null);
  const done = () => {
    setDoing("nothing");
    section.current?.focus(); // what had the focus is gone
  };
  if (!source && !problem && !lacks && (readiness?.signedIn || !readiness?.found)) return null; // its own login, or nothing to give it to
  const idle = doing === "nothing";
  return (
    <section
      ref={section}
      tabIndex={-1}
      aria-label={say("key.of", { agent: provider.name })}
      data-testid="agent-key"
      data-kept={kept}
      className="space-y-2 border-t border-line pt-3 text-[0.8125rem] focus-visible:outline-none"
    >
      {problem && <ProblemNotice what={say("key.problem")} problem={{ code: "key", status: 0, message: problem }} />}
      {(source || idle) && <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p className="flex min-w-0 flex-1 basis-48 items-start gap-2">
          <span className="mt-px text-faint"><Icon name="key" size={15} /></span>
          <span role="status" data-testid="key-source" className="min-w-0 wrap-anywhere">{words(agentKey, provider)}</span>
        </p>
        {kept && idle && <Button testid="key-replace" onClick={() => { setDoing("write"); }}>{say("key.replace")}</Button>}
        {kept && idle && <Button look="danger" testid="key-remove" onClick={() => { setDoing("remove"); }}>{say("key.remove")}</Button>}
        {!source && !problem && idle && (
          <Button look={lacks ? "primary" : "plain"} icon="key" testid="key-add" onClick={() => { setDoing("write"); }}>{say("key.add")}</Button>
        )}
      </div>}
      {doing === "write" && <KeyForm provider={provider} variable={agentKey.variable} onDone={done} />}
      {doing === "remove" && <KeyRemoval provider={provider} onDone={done} />}
    </section>
  );
}

function words({ source, kept, variable }: ProviderKey, { readiness }: ProviderInfo): string {
  if (!source && readiness?.action?.kind === "add-key") return say("key.none", { variable });
  if (!source) return say(readiness?.signedIn === false ? "key.would-do" : "key.could-take", { variable });
  return say(kept ? "key.kept" : "key.set-elsewhere", { source });
}

function KeyForm({ provider, variable, onDone }: { provider: ProviderInfo; variable: string; onDone: () => void }) {
  const client = useClient();
  const [key, setKey] = useState("");
  const [keeping, setKeeping] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const field = useRef<HTMLInputElement>(null);
  const id = `key-${provider.id}`;
  useEffect(() => { field.current?.focus(); }, []);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setKeeping(true);
    const answer = await keepKey(provider.id, key);
    setKeeping(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    setKey("");
    void client.lists.lookAtAgents();
    onDone();
  };
  return (
    <form data-testid="key-form" onSubmit={(event) => void submit(event)} className="space-y-2">
      <label htmlFor={id} className="block font-mono text-xs text-dim">{variable}</label>
      <div className="flex flex-wrap gap-2">
        <input
          ref={field}
          id={id}
          type="password"
          autoComplete="off"
          spellCheck={false}
          required
          maxLength={4096}
          data-testid="key-field"
          aria-describedby={`${id}-where`}
          value={key}
          onChange={(event) => { setKey(event.target.value); }}
          onKeyDown={(event) => { if (event.key === "Escape") onDone(); }}
          className="target h-8 min-w-0 flex-1 basis-56 rounded-lg border border-line bg-ground px-2.5 font-mono"
        />
        <Button look="primary" type="submit" testid="key-keep" disabled={keeping || !key.trim()}>{say(keeping ? "key.saving" : "key.save")}</Button>
        <Button look="quiet" testid="key-cancel" onClick={onDone}>{say("key.cancel")}</Button>
      </div>
      <p id={`${id}-where`} className="text-xs text-dim">
        {say("key.where", { agent: provider.name })}
      </p>
      <div className="text-xs text-dim">{say("key.or-there")} <CommandLine command={`antiphon key set ${provider.id}`} /></div>
      {problem && <ProblemNotice what={say("key.not-kept")} problem={problem} />}
    </form>
  );
}

function KeyRemoval({ provider, onDone }: { provider: ProviderInfo; onDone: () => void }) {
  const client = useClient();
  const [removing, setRemoving] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const sure = useRef<HTMLDivElement>(null);
  useEffect(() => { sure.current?.querySelector<HTMLElement>("button:last-of-type")?.focus(); }, []);
  const remove = async () => {
    setRemoving(true);
    const answer = await removeKey(provider.id);
    setRemoving(false);
    setProblem(answer.ok ? undefined : answer.problem);
    if (!answer.ok) return;
    void client.lists.lookAtAgents();
    onDone();
  };
  return (
    <div ref={sure} role="group" aria-label={say("key.remove.sure")} className="space-y-2">
      <p>{say("key.remove.what", { agent: provider.name })}</p>
      <div className="flex flex-wrap gap-2">
        <Button look="danger" testid="key-remove-sure" disabled={removing} onClick={once(() => void remove())}>{say("key.remove.now")}</Button>
        <Button look="quiet" onClick={onDone}>{say("key.cancel")}</Button>
      </div>
      {problem && <ProblemNotice what={say("key.not-removed")} problem={problem} />}
    </div>
  );
}
