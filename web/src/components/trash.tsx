import { useState } from "react";
import { changeSession, fetchSessions } from "../api";
import type { SessionList } from "../protocol";
import { toast } from "../toasts";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { ProblemNotice } from "./notice";
import { once } from "./once";
import { Ago, titleOf } from "./session-row";
import { useCommands } from "./use-commands";
import { useRequest } from "./use-request";

/** Opens the trash of a project, or of all. */
export function TrashButton({ project }: { project?: string }) {
  const [open, setOpen] = useState(false);
  useCommands(() => [{ id: "trash", words: say("list.trash"), icon: "trash", also: "trash deleted", run: () => { setOpen(true); } }]);
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
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const { value, problem, reload } = useRequest(project ?? "", () => fetchSessions({ project }, undefined, true));
  const [older, setOlder] = useState<SessionList[]>([]);
  const last = older.at(-1) ?? value;
  const rows = value && [value, ...older].flatMap((page) => page.sessions).filter(({ id }) => !gone.has(id));
  const more = async () => {
    const page = await fetchSessions({ project }, last?.next ?? undefined, true);
    if (page.ok) setOlder([...older, page.value]);
    else toast(page.problem.message);
  };
  const restore = async (id: string) => {
    const answer = await changeSession(id, { trashed: false });
    if (!answer.ok) {
      toast(answer.problem.message);
      return;
    }
    client.lists.put(answer.value);
    setGone(new Set([...gone, id]));
  };
  return (
    <Dialog title={say("list.trash")} onClose={onClose} testid="trash-dialog">
      {problem && <ProblemNotice what={say("list.trash.not-loaded")} problem={problem} onRetry={reload} />}
      {rows?.length === 0 && <p className="text-dim">{say("list.trash.empty")}</p>}
      <ul>
        {rows?.map((row) => (
          <li key={row.id} className="flex items-center gap-3 py-1.5">
            <span className="min-w-0 flex-1">
              <span className="block truncate">{titleOf(row)}</span>
              <span className="block truncate text-xs text-faint">{row.projectName} · <Ago at={row.lastActivity} /></span>
            </span>
            <Button testid="restore" onClick={once(() => void restore(row.id))}>{say("list.restore")}</Button>
          </li>
        ))}
      </ul>
      {last?.next && <Button testid="trash-more" className="mt-2 w-full" onClick={() => void more()}>{say("imports.more")}</Button>}
    </Dialog>
  );
}
