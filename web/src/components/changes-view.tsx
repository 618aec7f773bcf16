import { useEffect, useMemo } from "react";
import { fetchChanges, fetchTurnChanges, type Problem } from "../api";
import { changedFiles } from "../changes";
import type { Changes, Project } from "../protocol";
import { placeOf } from "../route";
import { say } from "../words";
import { useStore } from "../store";
import { Button } from "./button";
import { ChangedFiles, LeftComments } from "./changes-files";
import { ReportedEdits } from "./changes-reported";
import { ChangesToolbar } from "./changes-toolbar";
import { Link } from "./link";
import { Notice, ProblemNotice } from "./notice";
import { useSession } from "./session-context";
import { useRequest } from "./use-request";
import { useWork } from "./use-work";

/** What differs in the project's folder: since the last commit, or by a turn (another turn is another view). */
export function ChangesView({ project, turn }: { project: Project; turn?: string }) {
  const { feed } = useSession();
  const looks = useWork(feed);
  const ask = () => (turn ? fetchTurnChanges(feed.session, turn) : fetchChanges(project.id));
  const { value, problem, reload } = useRequest(String(looks), ask);
  const refused = problem && problemOf(problem, value === undefined);
  useEffect(() => {
    if (!turn && value) changedFiles.patch({ [project.id]: value.total });
  }, [turn, value, project.id]);
  return (
    <section data-testid="changes" aria-label={say("changes.tab.changes")} className="flex min-h-0 flex-1 flex-col">
      <ChangesToolbar turn={turn} changes={refused ? undefined : value} onReload={reload} />
      <div className="min-h-0 flex-1 overflow-y-auto px-3 pt-2 pb-[max(1.5rem,env(safe-area-inset-bottom))] sm:px-4">
        {refused ? <Refused problem={problem} turn={turn} project={project} onRetry={reload} /> : <Known changes={value} project={project} turn={turn} />}
      </div>
    </section>
  );
}

/** A look that failed once says nothing while an earlier one is shown; what will not change is said. */
function problemOf(problem: Problem, first: boolean): Problem | undefined {
  const lasting = ["not-a-repository", "git-missing", "git-refused", "unknown-changes", "untrusted-folder"];
  return first || lasting.includes(problem.code) ? problem : undefined;
}

function Known({ changes, project, turn }: { changes?: Changes; project: Project; turn?: string }) {
  if (!changes) return <p role="status" className="pt-10 text-center text-faint">{say("changes.looking")}</p>;
  return (
    <>
      <div className="space-y-2 py-2 text-[0.8125rem] text-dim empty:hidden">
        {changes.inside && <p>{say("changes.inside", { folder: changes.inside })}</p>}
        {changes.beside ? <p data-testid="beside">{say("changes.beside", { n: changes.beside })}</p> : null}
      </div>
      <LeftComments changes={changes} turn={turn} />
      {changes.files.length ? <ChangedFiles changes={changes} project={project.id} turn={turn} /> : <Nothing project={project} turn={turn} />}
    </>
  );
}

function Nothing({ project, turn }: { project: Project; turn?: string }) {
  const { feed } = useSession();
  return (
    <div data-testid="changes-none" className="mx-auto max-w-md pt-[12dvh] text-center">
      <p className="font-medium">{say(turn ? "changes.none.turn" : "changes.none")}</p>
      {!turn && <p className="mt-1 text-dim">{say("changes.none.hint", { folder: project.name })}</p>}
      <Link to={placeOf(feed.session, "files")} className="target mt-4 inline-flex items-center text-accent underline underline-offset-2">
        {say("changes.to-files")}
      </Link>
    </div>
  );
}

function Refused({ problem, turn, project, onRetry }: {
  problem: Problem;
  turn?: string;
  project: Project;
  onRetry: () => void;
}) {
  const { feed } = useSession();
  const turns = useStore(feed.view, ({ state }) => state.turns);
  const told = useMemo(() => turns.find(({ id }) => id === turn), [turns, turn]);
  const bare = problem.code === "not-a-repository";
  if (told && (bare || problem.code === "unknown-changes")) return <ReportedEdits turn={told} />;
  if (!bare) return <div className="pt-4"><ProblemNotice what={say("changes.problem")} problem={problem} onRetry={onRetry} /></div>;
  return (
    <div className="pt-4">
      <Notice
        icon="fork"
        testid="no-git"
        title={say("changes.no-git")}
        actions={
          <>
            <Link to={placeOf(feed.session, "files")} className="target inline-flex h-8 items-center rounded-lg px-3 text-accent underline underline-offset-2">{say("changes.to-files")}</Link>
            <Button onClick={onRetry}>{say("changes.again")}</Button>
          </>
        }
      >
        {say("changes.no-git.hint")} <code className="font-mono text-xs wrap-anywhere">{project.path}</code>
      </Notice>
    </div>
  );
}
