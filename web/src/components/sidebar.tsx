import { go } from "../route";
import { useStore } from "../store";
import { Button } from "./button";
import { useClient } from "./client-context";
import { ConnectionDot } from "./connection";
import { ImportBar } from "./import-bar";
import { Link } from "./link";
import { RulesButton } from "./rules-dialog";
import { Icon } from "./icons";
import { SettingsLink } from "./settings-link";
import { FoundSessions } from "./session-search";
import { TrashButton } from "./trash";
import { Wordmark } from "./wordmark";

/** A project's sessions, and the ways to others. */
export function Sidebar({ project, session }: { project?: string; session?: string }) {
  return (
    <nav aria-label="Sessions" className="flex h-full flex-col bg-panel">
      <div className="flex items-center justify-between px-4 pt-3 pb-2">
        <Link to="" className="target flex items-center rounded-lg">
          <Wordmark size={20} />
        </Link>
        <div className="flex items-center gap-1">
          <ConnectionDot />
          <SettingsLink />
        </div>
      </div>
      {project && (
        <>
          <div className="space-y-2 px-3 pb-2">
            <ProjectChoice project={project} />
            <Button
              icon="plus"
              testid="session-new"
              className="w-full"
              onClick={() => {
                go(`projects/${project}?new`);
              }}
            >
              New session
            </Button>
          </div>
          <ImportBar />
          <FoundSessions project={project} session={session} />
          <div className="flex items-center justify-between border-t border-line px-2 py-1">
            <Link to="agents" data-testid="agents" className="target inline-flex h-8 items-center gap-1.5 rounded-lg px-3 text-[0.8125rem] font-medium text-dim hover:bg-bubble hover:text-text">
              <Icon name="bot" size={15} /> Agents
            </Link>
            <RulesButton project={project} />
            <TrashButton project={project} />
          </div>
        </>
      )}
    </nav>
  );
}

function ProjectChoice({ project }: { project: string }) {
  const client = useClient();
  const projects = useStore(client.lists.view, (lists) => lists.projects) ?? [];
  return (
    <select
      aria-label="Project"
      data-testid="project-choice"
      value={project}
      onChange={(event) => {
        go(event.target.value ? `projects/${event.target.value}` : "");
      }}
      className="target h-9 w-full truncate rounded-lg border border-line bg-raised px-2 font-medium"
    >
      {!projects.some(({ id }) => id === project) && <option value={project}>…</option>}
      {projects.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
      <option value="">All projects …</option>
    </select>
  );
}
