import { useState } from "react";
import { ago, useNow } from "../clock";
import type { Project, ProviderInfo } from "../protocol";
import { useStore } from "../store";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { ConnectionBanner, ConnectionDot } from "./connection";
import { AgentsHere, Welcome } from "./first-steps";
import { FolderDialog } from "./folder-dialog";
import { Icon } from "./icons";
import { ImportSummary } from "./import-summary";
import { Link } from "./link";
import { ProblemNotice } from "./notice";
import { ReadyDot, standing, useReadyFirst } from "./readiness";
import { SettingsLink } from "./settings-link";
import { Wordmark } from "./wordmark";

/** All projects, and which agents this machine has; how to begin, where there are none. */
export function Projects() {
  const client = useClient();
  const { projects, providers, problem } = useStore(client.lists.view, (lists) => lists);
  const [adding, setAdding] = useState(false);
  const add = () => { setAdding(true); };
  const first = projects?.length === 0;
  return (
    <div className="h-dvh overflow-y-auto">
      <ConnectionBanner />
      <main className="mx-auto max-w-2xl px-4 pt-5 pb-12 sm:px-6">
        <div className="flex items-center justify-between">
          <Wordmark />
          <div className="flex items-center gap-1">
            <ConnectionDot />
            <SettingsLink />
          </div>
        </div>
        {problem && <div className="mt-8"><ProblemNotice what={say("projects.not-loaded")} problem={problem} onRetry={() => void client.lists.refresh()} /></div>}
        {first ? <Welcome onAdd={add} /> : <ProjectList projects={projects} onAdd={add} />}
        {providers && (first ? <AgentsHere providers={providers} /> : <Agents providers={providers} />)}
        <ImportSummary />
        <SignedIn />
      </main>
      {adding && <FolderDialog onClose={() => { setAdding(false); }} />}
    </div>
  );
}

function ProjectList({ projects, onAdd }: { projects?: Project[]; onAdd: () => void }) {
  return (
    <>
      <div className="mt-10 mb-3 flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-xl font-semibold">{say("projects.title")}</h1>
        <div className="flex items-center gap-1">
          <Link to="sessions" data-testid="sessions-all" className="target inline-flex h-8 items-center gap-1.5 rounded-lg px-3 text-[0.8125rem] font-medium text-dim hover:bg-bubble hover:text-text">
            <Icon name="layers" size={15} /> {say("list.everywhere")}
          </Link>
          <Button look="primary" icon="plus" testid="project-add" onClick={onAdd}>{say("projects.add")}</Button>
        </div>
      </div>
      <ul className="space-y-1.5">
        {projects?.map((project) => (
          <li key={project.id}>
            <ProjectRow project={project} />
          </li>
        ))}
      </ul>
    </>
  );
}

function SignedIn() {
  const client = useClient();
  const name = useStore(client.account, (account) => (account.phase === "ready" ? account.me.name : ""));
  return (
    <p className="mt-6 flex items-center gap-2 text-[0.8125rem] text-dim">
      {say("projects.signed-in", { name })}
      <Button look="quiet" testid="sign-out" onClick={() => void client.signOut()}>{say("projects.sign-out")}</Button>
    </p>
  );
}

function ProjectRow({ project }: { project: Project }) {
  const now = useNow();
  return (
    <Link
      to={`projects/${project.id}`}
      data-testid="project-row"
      className="flex items-center gap-3 rounded-xl border border-line bg-raised px-4 py-3 hover:bg-panel"
    >
      <span className="text-dim"><Icon name="folder" size={18} /></span>
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium">{project.name}</span>
        <span className="block truncate font-mono text-xs text-faint">{project.path}</span>
      </span>
      {project.missing && <span className="text-xs text-bad">{say("projects.missing")}</span>}
      {!project.missing && !project.trusted && <span className="text-xs text-warn">{say("projects.untrusted")}</span>}
      {project.lastActivity && <span className="shrink-0 text-xs text-faint">{ago(project.lastActivity, now)}</span>}
    </Link>
  );
}

function Agents({ providers }: { providers: ProviderInfo[] }) {
  const ordered = useReadyFirst(providers);
  return (
    <section className="mt-10">
      <div className="mb-2 flex items-center justify-between gap-3">
        <h2 className="font-semibold">{say("projects.agents")}</h2>
        <Link to="agents" data-testid="agents" className="target flex items-center rounded-lg text-[0.8125rem] font-medium text-accent hover:underline">
          {say("projects.agents.set-up")}
        </Link>
      </div>
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-raised">
        {ordered.map((provider) => (
          <li key={provider.id}>
            <Link to={`agents/${provider.id}`} className="target flex items-center gap-2.5 px-4 py-2.5 -outline-offset-2 hover:bg-panel">
              <ReadyDot provider={provider} />
              <span className="min-w-0 flex-1 truncate">{provider.name}</span>
              {provider.readiness?.warning && <span className="text-warn" title={provider.readiness.warning}><Icon name="alert" size={15} /></span>}
              <span className="text-xs text-faint">{standing(provider)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
