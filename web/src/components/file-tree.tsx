import { useRef, useState, type KeyboardEvent } from "react";
import { Virtualizer } from "virtua";
import { sizeOf } from "../changes";
import { go, placeOf } from "../route";
import { rowsOf, type TreeRow } from "../tree";
import { say } from "../words";
import { Icon, type IconName } from "./icons";
import { ProblemWords } from "./server-words";
import type { FolderTree } from "./use-folders";

interface Props {
  tree: FolderTree;
  name: string;
  session: string;
  /** The file that is shown. */
  file?: string;
}

/** The project's files as a tree: arrows move, open and close; Enter shows a file. */
export function FileTree({ tree, name, session, file }: Props) {
  const rows = rowsOf(tree.folders, tree.open);
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<string>();
  const focused = rows.some(({ path, kind }) => kind === "entry" && path === at) ? at : (file ?? rows[0]?.path);

  const move = (path: string | undefined) => {
    if (path === undefined) return;
    setAt(path);
    const row = box.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`);
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  const choose = (row: TreeRow) => {
    if (row.kind === "more") tree.more(row.path);
    if (row.kind !== "entry") return;
    setAt(row.path);
    if (row.entry.kind === "folder") tree.toggle(row.path, !row.open);
    else if (row.entry.kind === "file") go(placeOf(session, "files", row.path));
  };
  const onKey = (event: KeyboardEvent) => {
    const entries = rows.filter((row) => row.kind === "entry");
    const here = entries.findIndex(({ path }) => path === focused);
    const row = entries[here];
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = stepOf(event.key, row, here, entries);
    if (step === undefined) return;
    event.preventDefault();
    if (step === "choose") choose(row);
    else move(step);
  };
  return (
    <div ref={box} role={rows.some(({ kind }) => kind === "entry") ? "tree" : "group"} data-testid="file-tree" aria-label={say("files.tree", { project: name })} onKeyDown={onKey} className="h-full overflow-y-auto p-1.5">
      <Virtualizer>
        {rows.map((row) => (
          <Row key={`${row.kind} ${row.path}`} row={row} current={row.path === file} focusable={row.kind === "entry" ? row.path === focused : undefined} onChoose={() => { choose(row); }} />
        ))}
      </Virtualizer>
    </div>
  );
}

type EntryRow = Extract<TreeRow, { kind: "entry" }>;

/** Where a key leads: to another row, to this one's opening, or nowhere. */
function stepOf(key: string, row: EntryRow, at: number, entries: EntryRow[]): string | undefined {
  const folder = row.entry.kind === "folder";
  switch (key) {
    case "ArrowDown":
      return entries[at + 1]?.path;
    case "ArrowUp":
      return entries[at - 1]?.path;
    case "Home":
      return entries[0]?.path;
    case "End":
      return entries.at(-1)?.path;
    case "ArrowRight":
      if (folder) return row.open ? entries[at + 1]?.path : "choose";
      return undefined;
    case "ArrowLeft":
      if (row.open) return "choose";
      return row.path.includes("/") ? row.path.slice(0, row.path.lastIndexOf("/")) : undefined;
    case "Enter":
    case " ":
      return "choose";
    default:
      return undefined;
  }
}

const ICONS: Record<EntryRow["entry"]["kind"], IconName> = { folder: "folder", file: "file", link: "out", other: "question" };

function Row({ row, current, focusable, onChoose }: { row: TreeRow; current: boolean; focusable?: boolean; onChoose: () => void }) {
  const indent = { paddingLeft: `${0.5 + row.depth * 1.05}rem` };
  if (row.kind !== "entry") return <Rest row={row} indent={indent} onChoose={onChoose} />;
  const { entry, open, depth, path } = row;
  const hint = entry.kind === "link" ? say("files.link") : entry.kind === "other" ? say("files.other") : entry.ignored ? say("files.ignored") : undefined;
  return (
    <div
      role="treeitem"
      data-testid="tree-entry"
      data-path={path}
      data-kind={entry.kind}
      data-ignored={entry.ignored}
      aria-level={depth + 1}
      aria-expanded={entry.kind === "folder" ? open : undefined}
      aria-selected={current}
      aria-disabled={entry.kind === "link" || entry.kind === "other" || undefined}
      tabIndex={focusable ? 0 : -1}
      title={hint}
      style={indent}
      onClick={onChoose}
      className={`target flex h-7.5 cursor-default items-center gap-2 rounded-lg pr-2 text-[0.8125rem] hover:bg-bubble aria-selected:bg-accent-soft aria-selected:text-accent ${entry.ignored || entry.kind === "link" || entry.kind === "other" ? "text-faint" : ""}`}
    >
      <span className={`text-dim ${entry.kind === "folder" ? (open ? "rotate-90" : "") : "invisible"}`}><Icon name="chevron" size={11} /></span>
      <span className="text-dim"><Icon name={ICONS[entry.kind]} size={14} /></span>
      <span className={`min-w-0 flex-1 truncate ${entry.ignored ? "italic" : ""}`}>{entry.name}</span>
      {entry.kind === "file" && <span className="text-xs text-faint tabular-nums">{sizeOf(entry.size)}</span>}
    </div>
  );
}

function Rest({ row, indent, onChoose }: { row: Exclude<TreeRow, EntryRow>; indent: React.CSSProperties; onChoose: () => void }) {
  const className = "flex min-h-7.5 items-center pr-2 text-[0.8125rem] text-faint";
  if (row.kind === "problem") return <p role="alert" className={`${className} text-bad`} style={indent}><ProblemWords problem={row.problem} /></p>;
  if (row.kind === "more") {
    return (
      <button type="button" data-testid="tree-more" onClick={onChoose} className={`target ${className} w-full text-accent`} style={indent}>
        {say("files.more", { n: row.left })}
      </button>
    );
  }
  return <p role="none" className={className} style={indent}>{say(row.kind === "empty" ? "files.empty" : "changes.loading")}</p>;
}
