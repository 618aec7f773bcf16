import { useEffect, useEffectEvent, useRef, useState } from "react";
import { hasLines, openFirst } from "../changes";
import { commented, commentKey, comments } from "../comments";
import type { Changes } from "../protocol";
import { useStore } from "../store";
import { say } from "../words";
import { Button } from "./button";
import { ChangedFileView } from "./changes-file";
import { MovedComment } from "./diff-comment";
import { useSession } from "./session-context";

/** Files that stand in the document at once, until more are asked for. */
const PAGE = 200;
const WRITES = "input, textarea, select, [contenteditable]";

/** The changed files one below the other, each with its lines. J and K, or the arrows on a file's name, go through them. */
export function ChangedFiles({ changes, project, turn }: { changes: Changes; project: string; turn?: string }) {
  const { feed } = useSession();
  const { files, total } = changes;
  const [shown, setShown] = useState(PAGE);
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  // Once: a file must not close since another one grew. One with a comment that was begun shows it.
  const [first] = useState(() => new Set([...openFirst(files), ...commented(comments.get(), feed.session, turn)]));
  const list = useRef<HTMLOListElement>(null);
  useFileKeys(list);
  const left = files.length - shown;
  return (
    <>
      <ol ref={list} className="space-y-2.5 pt-1">
        {files.slice(0, shown).map((file) => (
          <ChangedFileView
            key={file.path}
            file={file}
            changes={changes}
            project={project}
            comment={commentKey(feed.session, turn, file.path)}
            open={chosen.get(file.path) ?? (first.has(file.path) || files.length === 1)}
            onOpen={(open) => { setChosen((was) => new Map(was).set(file.path, open)); }}
          />
        ))}
      </ol>
      {left > 0 && (
        <Button className="mt-3" testid="changes-more" onClick={() => { setShown(shown + PAGE); }}>
          {say("changes.more", { n: Math.min(left, PAGE) })}
        </Button>
      )}
      {total > files.length && left <= 0 && (
        <p className="pt-3 text-dim">{say("changes.total", { shown: files.length, n: total })}</p>
      )}
    </>
  );
}

/** Comments that were begun on files that are no longer among the changed ones, as after a commit. */
export function LeftComments({ changes, turn }: { changes: Changes; turn?: string }) {
  const { feed } = useSession();
  const paths = useStore(comments, (all) => commented(all, feed.session, turn).join("\0"));
  const left = paths.split("\0").filter((path) => path && !changes.files.some((file) => file.path === path && hasLines(file)));
  return left.map((path) => <MovedComment key={path} id={commentKey(feed.session, turn, path)} />);
}

/** J and K anywhere, and the arrows on a file's name, move from file to file. */
function useFileKeys(list: React.RefObject<HTMLOListElement | null>) {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.altKey || event.ctrlKey || event.metaKey || target?.closest(WRITES) || document.querySelector("dialog[open]")) return;
    const onName = target?.matches("[data-file-name]") ?? false;
    const step = { j: 1, k: -1, ArrowDown: onName ? 1 : 0, ArrowUp: onName ? -1 : 0 }[event.key] ?? 0;
    const names = [...(list.current?.querySelectorAll<HTMLElement>("[data-file-name]") ?? [])];
    if (!step || !names.length) return;
    event.preventDefault();
    const holds = (name: HTMLElement) => name.closest("li")?.contains(document.activeElement) ?? false;
    const at = names.findIndex(holds);
    const next = names[at < 0 ? 0 : Math.min(names.length - 1, Math.max(0, at + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  });
  useEffect(() => {
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("keydown", onKey);
    };
  }, []);
}
