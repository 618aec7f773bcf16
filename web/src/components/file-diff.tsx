import { useMemo } from "react";
import { Diff, Hunk, markEdits, tokenize, type HunkData, type HunkTokens } from "react-diff-view";
import "react-diff-view/style/index.css";
import { countOf, firstLines, hunksOf, patchOf, patchText } from "../diff-lines";
import type { Diff as FileChange } from "../protocol";
import { prefer, reading } from "../reading";
import { remembered } from "../remembered";
import { useStore } from "../store";
import { say } from "../words";
import { IconButton } from "./button";
import { CopyButton } from "./copy-button";
import "./file-diff.css";
import { useFold } from "./fold";
import { Icon } from "./icons";
import { shortPath, useSession } from "./session-context";
import { useWide } from "./use-wide";

/** Lines drawn until the person asks for all. */
const LINES = 200;
/** Changed lines in which the changed words are marked: it takes long for more. */
const MARKED = 400;

/** One file's change, line by line; side by side where there is room and the person likes it. */
export function FileDiff({ diff }: { diff: FileChange }) {
  const { folder } = useSession();
  const wide = useWide();
  const look = useStore(reading, (liked) => liked.diff);
  const [all, toggle] = useFold(`diff/${diff.path}/${diff.after?.length ?? 0}`, false);
  const patch = patchOf(diff);
  const hunks = patch && hunksOf(patch);
  const shown = useMemo(() => hunks && firstLines(hunks, all ? Infinity : LINES), [hunks, all]);
  const split = wide && look === "split" && !isOneSided(diff);
  return (
    <div data-testid="diff" data-path={diff.path} data-look={split ? "split" : "unified"}>
      <div className="flex min-h-9 items-center gap-2 pr-1.5 pl-3 font-mono text-xs">
        <Icon name="file" size={13} />
        <span className="min-w-0 flex-1 truncate" title={diff.path}>{shortPath(diff.path, folder)}</span>
        <span className="text-dim">{kindOf(diff)}</span>
        {hunks && <Counts hunks={hunks} />}
        {wide && !isOneSided(diff) && hunks?.length ? (
          <IconButton
            icon="columns"
            size={14}
            label={say("diff.split")}
            testid="diff-split"
            aria-pressed={look === "split"}
            className={`!size-7 ${look === "split" ? "!text-accent" : ""}`}
            onClick={() => { prefer({ diff: look === "split" ? "unified" : "split" }); }}
          />
        ) : null}
        {patch && hunks?.length ? <CopyButton text={() => patchText(patch)} label={say("copy.change")} /> : null}
      </div>
      {hunks?.length === 0 && <p className="border-t border-line px-3 py-2 text-xs text-dim">{say("diff.nothing")}</p>}
      {shown?.hunks.length ? (
        <div className="max-h-96 overflow-auto border-t border-line" tabIndex={0} role="group" aria-label={say("diff.label", { path: diff.path })}>
          <Lines hunks={shown.hunks} split={split} />
          {shown.left > 0 && (
            <button type="button" onClick={toggle} className="target w-full border-t border-line py-1 text-xs text-accent">
              {say("diff.more", { n: shown.left })}
            </button>
          )}
        </div>
      ) : null}
      {!hunks && <p className="border-t border-line px-3 py-2 text-xs text-dim">{say("diff.too-large")}</p>}
    </div>
  );
}

function Counts({ hunks }: { hunks: HunkData[] }) {
  const [added, removed] = [countOf(hunks, "insert"), countOf(hunks, "delete")];
  return (
    <>
      <span className="text-good"><span aria-hidden="true">+{added}</span><span className="sr-only">{say("diff.added", { n: added })}</span></span>
      <span className="text-bad"><span aria-hidden="true">−{removed}</span><span className="sr-only">{say("diff.removed", { n: removed })}</span></span>
    </>
  );
}

function Lines({ hunks, split }: { hunks: HunkData[]; split: boolean }) {
  return (
    <Diff viewType={split ? "split" : "unified"} diffType="modify" hunks={hunks} tokens={marked(hunks)}>
      {(drawn) => drawn.map((hunk) => <Hunk key={hunk.content} hunk={hunk} />)}
    </Diff>
  );
}

/** The words that changed within changed lines. */
const marked = remembered((hunks: HunkData[]): HunkTokens | null => {
  if (!countOf(hunks, "delete") || countOf(hunks, "delete") + countOf(hunks, "insert") > MARKED) return null;
  return tokenize(hunks, { enhancers: [markEdits(hunks, { type: "block" })] });
});

/** A new or deleted file has nothing to stand beside it. */
function isOneSided({ before, after }: FileChange): boolean {
  return before === undefined || before === null || after === undefined || after === null;
}

function kindOf({ before, after }: FileChange): string {
  if (before === undefined || before === null) return say("diff.new");
  return after === undefined || after === null ? say("diff.deleted") : "";
}
