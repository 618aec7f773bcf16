import type { SessionTab } from "../route";
import { useStore } from "../store";
import { say } from "../words";
import { ChangesView } from "./changes-view";
import { useClient } from "./client-context";
import { ErrorBoundary } from "./error-boundary";
import { FilesView } from "./files-view";
import { TrustNotice } from "./trust-dialog";

/** The session's folder: what changed in it, or its files; of one that nobody trusts, only how to trust it. */
export function SessionFolder({ tab, of, project: id }: { tab: SessionTab; of?: string; project?: string }) {
  const client = useClient();
  const project = useStore(client.lists.view, ({ projects }) => projects?.find((one) => one.id === id));
  if (!project) return <p role="status" className="m-auto text-faint">{say("changes.loading")}</p>;
  if (!project.trusted) {
    return (
      <div className="mx-auto w-full max-w-2xl p-4">
        <p className="pb-3 text-dim">{say("changes.untrusted")}</p>
        <TrustNotice project={project} />
      </div>
    );
  }
  return (
    <ErrorBoundary key={tab} what={say(tab === "files" ? "changes.tab.files" : "changes.tab.changes")}>
      {tab === "files" ? <FilesView project={project} path={of} /> : <ChangesView key={of} project={project} turn={of} />}
    </ErrorBoundary>
  );
}
