import { useMemo } from "react";
import type { Filter } from "../list-filter";
import { everywhere, lookEverywhere, narrowed } from "../list-scope";
import { go } from "../route";
import { useStore } from "../store";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { ConnectionDot } from "./connection";
import { Icon } from "./icons";
import { ImportBar } from "./import-bar";
import { Link } from "./link";
import { RulesButton } from "./rules-dialog";
import { SettingsLink } from "./settings-link";
import { FoundSessions } from "./session-search";
import { TrashButton } from "./trash";
import { useWide } from "./use-wide";
import { Wordmark } from "./wordmark";

/** The sessions of a project or of all, and the ways to others. `project`: of what is shown beside. */
export function Sidebar({ project, session }: { project?: string; session?: string }) {
  const all = useStore(everywhere, (value) => value);
  const narrow = useStore(narrowed, (value) => value);
  const filter = useMemo<Filter>(() => ({ ...narrow, project: all ? undefined : project }), [narrow, all, project]);
  const known = all || project !== undefined;
  return (
    <nav aria-label={say("list.sessions")} className="flex h-full min-h-0 flex-col bg-panel">
      <Top />
      {known && (
        <>
          <div className="space-y-2 px-3 pb-2">
            <Scope project={project} all={all} session={session} />
            <NewSession project={project} />
          </div>
          <ImportBar />
          <FoundSessions filter={filter} session={session} />
          <div className="flex items-center justify-between border-t border-line px-2 py-1 pb-[max(0.25rem,env(safe-area-inset-bottom))]">
            <Link to="agents" data-testid="agents" className="target inline-flex h-8 items-center gap-1.5 rounded-lg px-3 text-[0.8125rem] font-medium text-dim hover:bg-bubble hover:text-text">
              <Icon name="bot" size={15} /> {say("list.agents")}
            </Link>
            {!all && project && <RulesButton project={project} />}
            <TrashButton project={filter.project} />
          </div>
        </>
      )}
    </nav>
  );
}

function Top() {
  const wide = useWide();
  return (
    <div className="flex items-center justify-between gap-1 pt-3 pr-2 pb-2 pl-4 max-md:pl-2">
      {!wide && (
        <Link to="" aria-label={say("list.back")} data-testid="back" className="target flex items-center justify-center rounded-lg text-dim">
          <Icon name="back" size={20} />
        </Link>
      )}
      <Link to="" className="target mr-auto flex items-center rounded-lg">
        <Wordmark size={20} />
      </Link>
      <ConnectionDot />
      <SettingsLink />
    </div>
  );
}

function NewSession({ project }: { project?: string }) {
  const client = useClient();
  const latest = useStore(client.lists.view, ({ projects }) => projects?.[0]?.id);
  const into = project ?? latest;
  return (
    <Button
      icon="plus"
      testid="session-new"
      className="w-full"
      disabled={!into}
      onClick={() => {
        go(`projects/${into}?new`);
      }}
    >
      {say("list.new")}
    </Button>
  );
}

const ALL = "*";

/** Which project's sessions, or all. Beside a session it stays open. */
function Scope({ project, all, session }: { project?: string; all: boolean; session?: string }) {
  const client = useClient();
  const projects = useStore(client.lists.view, (lists) => lists.projects) ?? [];
  const choose = (value: string) => {
    if (session && (value === ALL || value === project)) lookEverywhere(value === ALL);
    else if (value === ALL) go("sessions");
    else go(value ? `projects/${value}` : "");
  };
  return (
    <select
      aria-label={say("list.scope")}
      data-testid="project-choice"
      value={all ? ALL : project}
      onChange={(event) => {
        choose(event.target.value);
      }}
      className="target h-9 w-full truncate rounded-lg border border-line bg-raised pl-3 font-medium"
    >
      <option value={ALL}>{say("list.everywhere")}</option>
      {!all && !projects.some(({ id }) => id === project) && <option value={project}>…</option>}
      {projects.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
      <option value="">{say("list.projects")}</option>
    </select>
  );
}
