import { useEffect } from "react";
import { lookEverywhere } from "../list-scope";
import type { Route } from "../route";
import { useStore } from "../store";
import { useClient } from "./client-context";
import { ProjectView } from "./project-view";
import { SessionView } from "./session-view";
import { SessionsView } from "./sessions-view";
import { Shell } from "./shell";
import { useSeen } from "./use-seen";

type Here = Extract<Route, { view: "project" | "sessions" | "session" }>;

/** Where people work: the list stays while what stands beside it changes. */
export function Workspace({ here }: { here: Here }) {
  const session = here.view === "session" ? here.session : undefined;
  const project = useProject(here);
  useSeen(session);
  useScope(here.view);
  return (
    <Shell project={project} session={session} list={here.view === "sessions" || (here.view === "project" && !here.creating)}>
      {here.view === "sessions" && <SessionsView />}
      {here.view === "project" && <ProjectView key={here.project} project={here.project} />}
      {here.view === "session" && <SessionView here={here} />}
    </Shell>
  );
}

/** The lists of all sessions and of one project each stay chosen until the other is. */
function useScope(view: Here["view"]): void {
  useEffect(() => {
    if (view !== "session") lookEverywhere(view === "sessions");
  }, [view]);
}

function useProject(here: Here): string | undefined {
  const client = useClient();
  const known = useStore(client.lists.view, ({ rows }) => (here.view === "session" ? rows.get(here.session)?.project : undefined));
  return here.view === "project" ? here.project : known;
}
