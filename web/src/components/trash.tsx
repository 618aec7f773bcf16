import { useState } from "react";
import { changeSession, fetchSessions } from "../api";
import { toast } from "../toasts";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { ProblemNotice } from "./notice";
import { titleOf } from "./session-row";
import { useRequest } from "./use-request";

/** Opens the trash of a project, or of all. */
export function TrashButton({ project }: { project?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" icon="trash" testid="trash" onClick={() => { setOpen(true); }}>{say("list.trash")}</Button>
      {open && <TrashDialog project={project} onClose={() => { setOpen(false); }} />}
    </>
  );
}

/** Sessions that were put away; each can come back. */
function TrashDialog({ project, onClose }: { project?: string; onClose: () => void }) {
  const client = useClient();
  const { value, problem, reload } = useRequest(project ?? "", () => fetchSessions({ project }, undefined, true));
  const rows = value?.sessions;
  const restore = async (id: string) => {
    const answer = await changeSession(id, { trashed: false });
    if (answer.ok) client.lists.put(answer.value);
    else toast(answer.problem.message);
    reload();
  };
  return (
    <Dialog title={say("list.trash")} onClose={onClose} testid="trash-dialog">
      {problem && <ProblemNotice what={say("list.trash.not-loaded")} problem={problem} onRetry={reload} />}
      {rows?.length === 0 && <p className="text-dim">{say("list.trash.empty")}</p>}
      <ul>
        {rows?.map((row) => (
          <li key={row.id} className="flex items-center gap-3 py-1">
            <span className="min-w-0 flex-1 truncate">{titleOf(row)}</span>
            <Button testid="restore" onClick={() => void restore(row.id)}>{say("list.restore")}</Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
