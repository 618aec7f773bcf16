import { useState } from "react";
import { previewRestore, restoreFiles } from "../api";
import { toast } from "../toasts";
import { say } from "../words";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { agentName, shortPath, useSession } from "./session-context";
import { useRequest } from "./use-request";

/** The files as they were before a prompt: which, before anything is done; or why that cannot be. */
export function RestoreDialog({ turn, onClose }: { turn: string; onClose: () => void }) {
  const shown = useSession();
  const can = shown.agent?.capabilities.restore ?? false;
  return (
    <Dialog title={say("restore.title")} testid="restore-dialog" wide onClose={onClose}>
      {can ? <Preview turn={turn} onClose={onClose} /> : <p data-testid="restore-cannot">{say("restore.cannot", { agent: agentName(shown) })}</p>}
    </Dialog>
  );
}

function Preview({ turn, onClose }: { turn: string; onClose: () => void }) {
  const { feed, folder } = useSession();
  const { value, problem } = useRequest(turn, () => previewRestore(feed.session, turn));
  const [busy, setBusy] = useState(false);
  const restore = async () => {
    setBusy(true);
    const answer = await restoreFiles(feed.session, turn);
    setBusy(false);
    if (answer.ok) onClose();
    else toast(answer.problem.message);
  };
  if (problem) return <p role="alert" data-testid="restore-cannot">{problem.message}</p>;
  if (!value) return <p role="status" className="text-faint">{say("restore.looking")}</p>;
  if (!value.files.length) return <p data-testid="restore-nothing">{say("restore.nothing")}</p>;
  return (
    <>
      <p>{say("restore.what", { n: value.files.length })}</p>
      <ul className="mt-2 max-h-60 space-y-0.5 overflow-y-auto rounded-lg bg-panel px-3 py-2 font-mono text-[0.8125rem]">
        {value.files.map((file) => <li key={file} data-testid="restore-file" className="wrap-anywhere">{shortPath(file, folder)}</li>)}
      </ul>
      {value.insertions !== null && value.deletions !== null && (
        <p className="mt-2 text-xs text-dim">{say("restore.lines", { more: value.insertions, less: value.deletions })}</p>
      )}
      <p className="mt-2 text-[0.8125rem] text-dim">{say("restore.commands")}</p>
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>{say("copy.leave")}</Button>
        <Button look="danger" icon="undo" testid="restore-do" disabled={busy} onClick={() => void restore()}>{say("restore.do")}</Button>
      </div>
    </>
  );
}
