import { useState } from "react";
import { ago, useNow } from "../clock";
import type { Project, ProviderInfo } from "../protocol";
import { useStore } from "../store";
import { Button } from "./button";
import { useClient } from "./client-context";
import { ConnectionBanner, ConnectionDot } from "./connection";
import { FolderDialog } from "./folder-dialog";
import { Icon } from "./icons";
import { ImportSummary } from "./import-summary";
import { Link } from "./link";
import { ProblemNotice } from "./notice";
import { standing, usable } from "./readiness";
import { SettingsLink } from "./settings-link";
import { Wordmark } from "./wordmark";

/** All projects, and which agents this machine has. */
export function Projects() {
  const client = useClient();
  const { projects, providers, problem } = useStore(client.lists.view, (lists) => lists);
  const [adding, setAdding] = useState(false);
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
        <div className="mt-10 mb-3 flex items-center justify-between gap-3">
          <h1 className="text-xl font-semibold">Projects</h1>
          <Button look="primary" icon="plus" testid="project-add" onClick={() => { setAdding(true); }}>Add a folder</Button>
        </div>
        {problem && <ProblemNotice what="The projects did not load" problem={problem} onRetry={() => void client.lists.refresh()} />}
        {projects?.length === 0 && <FirstProject />}
        <ul className="space-y-1.5">
          {projects?.map((project) => (
            <li key={project.id}>
              <ProjectRow project={project} />
            </li>
          ))}
        </ul>
        {providers && <Agents providers={providers} />}
        <ImportSummary />
        <SignedIn />
      </main>
      {adding && <FolderDialog onClose={() => { setAdding(false); }} />}
    </div>
  );
}

function SignedIn() {
  const client = useClient();
  const name = useStore(client.account, (account) => (account.phase === "ready" ? account.me.name : ""));
  return (
    <p className="mt-6 flex items-center gap-2 text-[0.8125rem] text-dim">
      Signed in as {name}
      <Button look="quiet" testid="sign-out" onClick={() => void client.signOut()}>Sign out</Button>
    </p>
  );
}

function FirstProject() {
  return (
    <p className="rounded-xl border border-dashed border-line px-5 py-6 text-[0.9375rem] text-dim">
      A project is a folder that agents work in. Add one to begin: the practice agent needs no key and shows how everything works.
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
      {project.missing && <span className="text-xs text-bad">folder is gone</span>}
      {!project.missing && !project.trusted && <span className="text-xs text-warn">not trusted yet</span>}
      {project.lastActivity && <span className="shrink-0 text-xs text-faint">{ago(project.lastActivity, now)}</span>}
    </Link>
  );
}

function Agents({ providers }: { providers: ProviderInfo[] }) {
  return (
    <section className="mt-10">
      <div className="mb-2 flex items-center justify-between gap-3">
        <h2 className="font-semibold">Agents on this machine</h2>
        <Link to="agents" data-testid="agents" className="target flex items-center rounded-lg text-[0.8125rem] font-medium text-accent hover:underline">
          Set up agents
        </Link>
      </div>
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-raised">
        {providers.map((provider) => (
          <li key={provider.id}>
            <Link to={`agents/${provider.id}`} className="target flex items-center gap-2.5 px-4 py-2.5 -outline-offset-2 hover:bg-panel">
              <span className={`size-2 shrink-0 rounded-full ${usable(provider) ? "bg-good" : "bg-faint"}`} />
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
