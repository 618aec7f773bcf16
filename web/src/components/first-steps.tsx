import { useState } from "react";
import { makeSession, practiceProject, type Problem } from "../api";
import type { ProviderInfo } from "../protocol";
import { go } from "../route";
import { useStore } from "../store";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { CommandLine } from "./failure-card";
import { Link } from "./link";
import { ProblemNotice } from "./notice";
import { PRACTICE, ReadyDot, standing, usable, useReadyFirst } from "./readiness";

/** Nothing is here yet: how to begin, in one click or with a folder of one's own. */
export function Welcome({ onAdd }: { onAdd: () => void }) {
  const client = useClient();
  const providers = useStore(client.lists.view, (lists) => lists.providers);
  const [problem, setProblem] = useState<Problem>();
  const [starting, setStarting] = useState(false);
  const practise = async () => {
    setStarting(true);
    const project = await practiceProject();
    const made = project.ok ? await makeSession({ project: project.value.id, provider: PRACTICE }) : project;
    setStarting(false);
    if (project.ok) client.lists.putProject(project.value);
    if (!made.ok) {
      setProblem(made.problem);
      return;
    }
    client.lists.put(made.value);
    go(`sessions/${made.value.id}`);
  };
  return (
    <section data-testid="welcome" className="mt-10 mb-8">
      <h1 className="text-2xl font-semibold tracking-tight">{say("first.welcome")}</h1>
      <p className="mt-2 max-w-lg text-[0.9375rem] text-dim">{say("first.how")}</p>
      <div className="mt-5 flex flex-wrap gap-2">
        {providers?.some(({ id }) => id === PRACTICE) !== false && (
          <Button look="primary" icon="bot" testid="practise" className="h-10 px-4" disabled={starting} onClick={() => void practise()}>
            {say("first.practise")}
          </Button>
        )}
        <Button icon="folder" testid="project-add" className="h-10 px-4" onClick={onAdd}>{say("projects.add")}</Button>
      </div>
      <p className="mt-2 text-xs text-faint">{say("first.practise.what")}</p>
      {problem && <div className="mt-3"><ProblemNotice what={say("first.practise.failed")} problem={problem} onRetry={() => void practise()} /></div>}
    </section>
  );
}

/** What can be used here at once, and the one command for each other agent. */
export function AgentsHere({ providers }: { providers: ProviderInfo[] }) {
  const ordered = useReadyFirst(providers);
  return (
    <section data-testid="agents-here">
      <div className="mb-2 flex items-center justify-between gap-3">
        <h2 className="font-semibold">{say("projects.agents")}</h2>
        <Link to="agents" data-testid="agents" className="target flex items-center rounded-lg text-[0.8125rem] font-medium text-accent hover:underline">
          {say("projects.agents.set-up")}
        </Link>
      </div>
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-raised">
        {ordered.map((provider) => <AgentHere key={provider.id} provider={provider} />)}
      </ul>
    </section>
  );
}

function AgentHere({ provider }: { provider: ProviderInfo }) {
  const { readiness } = provider;
  const here = usable(provider);
  return (
    <li data-testid="agent-here" data-agent={provider.id} data-usable={here} className="px-4 py-2.5">
      <Link to={`agents/${provider.id}`} className="target -mx-2 flex items-center gap-2.5 rounded-lg px-2 hover:bg-panel">
        <ReadyDot provider={provider} />
        <span className="min-w-0 flex-1 truncate font-medium">{provider.name}</span>
        <span className="text-xs text-faint">{standing(provider)}</span>
      </Link>
      {here && readiness?.account && <p className="pl-4.5 text-xs text-dim">{say("first.paid-by", { account: readiness.account })}</p>}
      {!here && readiness?.action && (
        <div className="pl-4.5 text-xs text-dim">
          <p>{readiness.action.label}{readiness.action.command && ":"}</p>
          {readiness.action.command && <CommandLine command={readiness.action.command} />}
        </div>
      )}
    </li>
  );
}
