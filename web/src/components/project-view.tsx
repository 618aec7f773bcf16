import { useState } from "react";
import { makeSession, type Problem } from "../api";
import { go } from "../route";
import { useStore } from "../store";
import { toast } from "../toasts";
import { say } from "../words";
import { AgentChoice, usualAgent } from "./agent-choice";
import { AgentSettings, type Settings } from "./agent-settings";
import { Button } from "./button";
import { useClient } from "./client-context";
import { promptsOf } from "./composer";
import { ConnectionDot } from "./connection";
import { ProblemNotice } from "./notice";
import { PromptBox } from "./prompt-box";
import { BackLink } from "./session-header";
import { TrustNotice } from "./trust-dialog";
import { useWide } from "./use-wide";

/** A project: a place to start a new session, beside those that there are. */
export function ProjectView({ project }: { project: string }) {
  const wide = useWide();
  return (
    <>
      {!wide && (
        <div className="flex items-center justify-between pt-2 pr-4 pl-2">
          <BackLink project={project} />
          <ConnectionDot />
        </div>
      )}
      <NewSession project={project} />
    </>
  );
}

function NewSession({ project: id }: { project: string }) {
  const client = useClient();
  const project = useStore(client.lists.view, ({ projects }) => projects?.find((one) => one.id === id));
  const known = useStore(client.lists.view, ({ projects }) => projects !== undefined);
  const unknown = useStore(client.lists.view, ({ projects, problem: why }) => (projects ? undefined : why));
  const account = useStore(client.account, (value) => value);
  const providers = useStore(client.lists.view, (lists) => lists.providers);
  const blind = useStore(client.lists.view, (lists) => lists.problem !== undefined);
  const usual = usualAgent(providers, account.phase === "ready" ? account.me.defaultProvider : null, blind);
  const [chosen, setChosen] = useState<string>();
  const [settings, setSettings] = useState<Settings>({});
  const [problem, setProblem] = useState<Problem>();
  const [starting, setStarting] = useState(false);
  const provider = chosen ?? usual ?? "";
  const agent = providers?.find((one) => one.id === provider);
  const place = `new:${id}`;

  const start = async () => {
    setStarting(true); // it stays a draft until there is a session to send it to
    const made = await makeSession({ project: id, provider, ...settings });
    setStarting(false);
    setProblem(made.ok ? undefined : made.problem);
    if (!made.ok) return;
    client.lists.put(made.value);
    client.promptDraft(made.value.id, {}, place);
    if (client.attached.of(made.value.id).length) toast(say("attach.left")); // added since, and not uploaded yet
    go(`sessions/${made.value.id}`);
  };

  if (known && !project) {
    return (
      <div className="m-auto flex flex-col items-center gap-4 text-dim">
        {say("project.unknown")}
        <Button look="primary" onClick={() => { go(""); }}>{say("project.to-all")}</Button>
      </div>
    );
  }
  return (
    <div className="mx-auto flex w-full max-w-3xl min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-4 py-8 sm:px-6 md:pt-[16vh]">
      <header>
        <h1 className="text-xl font-semibold wrap-anywhere">{say("project.what", { name: project?.name ?? "…" })}</h1>
        <p className="mt-1 min-h-4 font-mono text-xs wrap-anywhere text-faint">{project?.path}</p>
      </header>
      {project && !project.trusted && <TrustNotice project={project} />}
      {unknown && (
        <ProblemNotice what={say("project.not-loaded")} problem={unknown} onRetry={() => void client.lists.refresh()} />
      )}
      {problem && <ProblemNotice what={say("project.not-started")} problem={problem} />}
      <AgentChoice
        value={provider}
        onChange={(next) => {
          setChosen(next);
          setSettings({});
        }}
      />
      <PromptBox
        place={place}
        label={say("project.prompt")}
        left={<AgentSettings agent={agent} value={settings} onChange={(change) => { setSettings({ ...settings, ...change }); }} />}
        disabled={starting || !project?.trusted || !provider}
        agent={agent}
        project={id}
        history={{ own: () => [], older: () => promptsOf(id) }}
        onSend={() => void start()}
      />
    </div>
  );
}
