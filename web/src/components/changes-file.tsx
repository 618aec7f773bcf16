import { Suspense, useId } from "react";
import { hasLines, LARGE_LINES, linesOf, sizeOf } from "../changes";
import type { ChangedFile, Changes } from "../protocol";
import { placeOf } from "../route";
import { locale, say } from "../words";
import { numberIn } from "../words/formats";
import { Icon } from "./icons";
import { Link } from "./link";
import { part } from "./part";
import { useSession } from "./session-context";

const FilePatch = part(async () => (await import("./changes-patch")).FilePatch);

const KINDS: Record<ChangedFile["kind"], { letter: string; tone: string }> = {
  added: { letter: "A", tone: "text-good" },
  modified: { letter: "M", tone: "text-warn" },
  deleted: { letter: "D", tone: "text-bad" },
  renamed: { letter: "R", tone: "text-accent" },
  "type-changed": { letter: "T", tone: "text-warn" },
};

interface Props {
  file: ChangedFile;
  changes: Changes;
  project: string;
  open: boolean;
  onOpen: (open: boolean) => void;
  /** Where a comment on its lines is kept. */
  comment: string;
}

/** One changed file: its name always, its lines when it is open. */
export function ChangedFileView({ file, changes, project, open, onOpen, comment }: Props) {
  const { feed } = useSession();
  const body = useId();
  return (
    <li data-testid="changed-file" data-path={file.path} data-kind={file.kind} data-open={open} className="rounded-xl border border-line bg-raised">
      <div className="sticky top-0 z-1 flex items-center rounded-t-xl bg-raised pr-1 data-[open=false]:rounded-b-xl" data-open={open}>
        <button
          type="button"
          data-file-name
          data-testid="changed-file-name"
          aria-expanded={open}
          aria-controls={body}
          onClick={() => { onOpen(!open); }}
          className="target flex min-h-9 min-w-0 flex-1 items-center gap-2 rounded-xl px-2.5 py-1 text-left"
        >
          <span className={open ? "rotate-90" : ""}><Icon name="chevron" size={13} /></span>
          <Kind kind={file.kind} />
          <Name file={file} />
          <Flags file={file} />
          <Counts file={file} />
        </button>
        {file.kind === "deleted" || file.notShown === "repository" || file.submodule ? <span className="w-8" /> : (
          <Link
            to={placeOf(feed.session, "files", file.path)}
            aria-label={`${say("changes.open-file")}: ${file.path}`}
            title={say("changes.open-file")}
            data-testid="changed-file-open"
            className="target inline-flex size-8 shrink-0 items-center justify-center rounded-lg text-dim hover:bg-bubble hover:text-text"
          >
            <Icon name="out" size={15} />
          </Link>
        )}
      </div>
      {open && (
        <div id={body} className="border-t border-line">
          <Body file={file} changes={changes} project={project} comment={comment} />
        </div>
      )}
    </li>
  );
}

function Body({ file, changes, project, comment }: Omit<Props, "open" | "onOpen">) {
  if (file.notShown) {
    return <Line>{say(`changes.skipped.${file.notShown}`, { size: sizeOf(file.size ?? 0) })}</Line>;
  }
  if (!hasLines(file)) return <Line>{say("changes.file.binary")}</Line>;
  return (
    <Suspense fallback={<Line>{say("changes.loading")}</Line>}>
      <FilePatch file={file} changes={changes} project={project} large={linesOf(file) > LARGE_LINES} comment={comment} />
    </Suspense>
  );
}

export function Line({ children }: { children: React.ReactNode }) {
  return <p className="px-3 py-2 text-[0.8125rem] text-dim">{children}</p>;
}

function Kind({ kind }: { kind: ChangedFile["kind"] }) {
  const { letter, tone } = KINDS[kind];
  return (
    <span title={say(`changes.kind.${kind}`)} className={`w-3 text-center font-mono text-xs font-semibold ${tone}`}>
      <span aria-hidden="true">{letter}</span>
      <span className="sr-only">{say(`changes.kind.${kind}`)}</span>
    </span>
  );
}

/** The name stays in sight where there is little room; its folder gives way. */
function Name({ file: { path, oldPath } }: { file: ChangedFile }) {
  const cut = path.replace(/\/$/, "").lastIndexOf("/") + 1;
  return (
    <span className="flex min-w-0 flex-1 items-baseline gap-2 font-mono text-[0.8125rem]" title={path}>
      <span className="flex min-w-0">
        {cut > 0 && <span className="truncate text-dim">{path.slice(0, cut - 1)}</span>}
        <span className="max-w-full truncate shrink-0">{cut > 0 && <span className="text-dim">/</span>}{path.slice(cut)}</span>
      </span>
      {oldPath && <span className="truncate text-xs text-faint max-sm:hidden">{say("changes.was", { path: oldPath })}</span>}
    </span>
  );
}

function Flags({ file }: { file: ChangedFile }) {
  return (
    <>
      {file.conflicted && <Flag tone="text-bad" name={say("changes.conflict")} long={say("changes.conflict.long")} />}
      {file.submodule && <Flag name={say("changes.submodule")} />}
      {file.untracked && <Flag name={say("changes.untracked")} long={say("changes.untracked.long")} />}
      {file.staged === "all" && <Flag name={say("changes.staged")} long={say("changes.staged.long")} />}
      {file.staged === "part" && <Flag name={say("changes.staged.part")} long={say("changes.staged.part.long")} />}
      {typeof file.executable === "boolean" && <Flag name={say(file.executable ? "changes.executable" : "changes.executable.not")} />}
    </>
  );
}

function Flag({ name, long, tone = "text-faint" }: { name: string; long?: string; tone?: string }) {
  return <span title={long} className={`shrink-0 text-xs max-sm:hidden ${tone}`}>{name}</span>;
}

function Counts({ file }: { file: ChangedFile }) {
  if (file.notShown) return null;
  if (file.added === null) return <span className="text-xs text-faint">{say("changes.binary")}</span>;
  return (
    <span className="flex shrink-0 gap-1.5 font-mono text-xs tabular-nums">
      {file.added ? <span className="text-good">+{numberIn(locale(), file.added)}</span> : null}
      {file.deleted ? <span className="text-bad">−{numberIn(locale(), file.deleted)}</span> : null}
    </span>
  );
}
