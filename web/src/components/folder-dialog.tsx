import { useState, type SubmitEvent } from "react";
import { addProject, fetchFolders, makeFolder, type Problem } from "../api";
import type { Folders } from "../protocol";
import { go } from "../route";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { Icon } from "./icons";
import { ProblemNotice } from "./notice";
import { once } from "./once";
import { useRequest } from "./use-request";

/** Picks or makes a folder, within the roots that the server allows. */
export function FolderDialog({ onClose }: { onClose: () => void }) {
  const client = useClient();
  const [path, setPath] = useState<string>();
  const { value: page, problem, reload } = useRequest(path ?? "", () => fetchFolders(path));
  const [refused, setRefused] = useState<Problem>();
  const open = (next: string) => {
    setRefused(undefined);
    setPath(next);
  };
  const use = async (folder: string) => {
    const answer = await addProject({ path: folder });
    if (!answer.ok) {
      setRefused(answer.problem);
      return;
    }
    client.lists.putProject(answer.value);
    go(`projects/${answer.value.id}?new`);
  };
  const make = async (name: string) => {
    const answer = await makeFolder(page?.path ?? "", name);
    if (answer.ok) open(answer.value.path);
    else setRefused(answer.problem);
  };

  return (
    <Dialog
      title={say("folder.title")}
      testid="folder-dialog"
      onClose={onClose}
      wide
      footer={
        page && (
          <Button look="primary" testid="folder-use" className="min-w-0" onClick={() => void use(page.path)}>
            <span className="truncate">{say("folder.use", { name: lastPart(page.path) })}</span>
          </Button>
        )
      }
    >
      <div className="mb-3 empty:hidden">
        {problem && <ProblemNotice what={say("folder.not-opened")} problem={problem} onRetry={reload} />}
        {refused && <ProblemNotice what={say("folder.refused")} problem={refused} />}
      </div>
      {page && (
        <>
          <Where page={page} onOpen={open} />
          <FolderList page={page} onOpen={open} />
          <NewFolder key={page.path} onMake={(name) => void make(name)} />
        </>
      )}
    </Dialog>
  );
}

function Where({ page, onOpen }: { page: Folders; onOpen: (path: string) => void }) {
  return (
    <div className="mb-2 space-y-2">
      {page.roots.length > 1 && (
        <div className="flex flex-wrap gap-1.5">
          {page.roots.map((root) => (
            <Button key={root} className="!h-7 font-mono !text-xs" onClick={() => { onOpen(root); }}>{root}</Button>
          ))}
        </div>
      )}
      <p data-testid="folder-path" className="font-mono text-xs wrap-anywhere text-dim">{page.path}</p>
    </div>
  );
}

function FolderList({ page, onOpen }: { page: Folders; onOpen: (path: string) => void }) {
  const row = "target flex w-full items-center gap-2.5 rounded-lg px-2 py-1.5 text-left hover:bg-panel";
  return (
    <ul data-testid="folder-list" className="h-64 overflow-y-auto rounded-xl border border-line p-1">
      {page.parent !== null && (
        <li>
          <button type="button" data-testid="folder-up" className={row} onClick={once(() => { onOpen(page.parent ?? ""); })}>
            <Icon name="back" /> <span className="text-dim">{say("folder.up")}</span>
          </button>
        </li>
      )}
      {page.folders.map((folder) => (
        <li key={folder.path}>
          <button type="button" data-testid="folder" className={row} onClick={once(() => { onOpen(folder.path); })}>
            <Icon name="folder" />
            <span className="min-w-0 flex-1 truncate">{folder.name}</span>
            <span className="text-xs text-faint">{[folder.git && "git", folder.project && say("folder.known")].filter(Boolean).join(" · ")}</span>
          </button>
        </li>
      ))}
      {!page.folders.length && <li className="px-2 py-2 text-faint">{say("folder.empty")}</li>}
    </ul>
  );
}

function NewFolder({ onMake }: { onMake: (name: string) => void }) {
  const [name, setName] = useState("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (name.trim()) onMake(name.trim());
  };
  return (
    <form onSubmit={submit} className="mt-3 flex gap-2">
      <input
        aria-label={say("folder.new.label")}
        placeholder={say("folder.new")}
        data-testid="folder-name"
        value={name}
        onChange={(event) => { setName(event.target.value); }}
        className="target h-8 min-w-0 flex-1 rounded-lg border border-line bg-ground px-3"
      />
      <Button type="submit" testid="folder-make" disabled={!name.trim()}>{say("folder.make")}</Button>
    </form>
  );
}

function lastPart(path: string): string {
  return path.split("/").filter(Boolean).at(-1) ?? path;
}
