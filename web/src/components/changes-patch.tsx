import { useMemo, useState } from "react";
import { parseDiff, type FileData } from "react-diff-view";
import { fetchPatch } from "../api";
import { linesOf } from "../changes";
import { comments } from "../comments";
import type { ChangedFile, Changes } from "../protocol";
import { say } from "../words";
import { Button } from "./button";
import { Line } from "./changes-file";
import { MovedComment } from "./diff-comment";
import { DiffLines } from "./diff-lines";
import { ProblemNotice } from "./notice";
import { useRequest } from "./use-request";

const FIRST_KB = 256;

interface Props {
  file: ChangedFile;
  changes: Changes;
  project: string;
  /** It is shown only when it is asked for. */
  large: boolean;
  /** Where a comment on its lines is kept. */
  comment: string;
}

/** The lines of one file that differ. */
export function FilePatch({ file, changes, project, large, comment }: Props) {
  const [wanted, setWanted] = useState(() => !large || comment in comments.get());
  if (!wanted) {
    return (
      <div className="flex flex-wrap items-center gap-3 px-3 py-2 text-[0.8125rem] text-dim">
        {say("changes.file.large", { n: linesOf(file) })}
        <Button testid="changes-large" onClick={() => { setWanted(true); }}>{say("changes.file.large.show")}</Button>
      </div>
    );
  }
  return <Patch file={file} changes={changes} project={project} comment={comment} />;
}

function Patch({ file, changes: { before, after }, project, comment }: Omit<Props, "large">) {
  const [whole, setWhole] = useState(false);
  const asked = { before, after, path: file.path, old_path: file.oldPath ?? undefined, whole };
  // The list grows anew all the time; these lines are others only with another version of the file.
  const { value, problem, reload } = useRequest(`${file.version} ${whole}`, () => fetchPatch(project, asked));
  const parsed = useMemo(() => value && filesOf(value.text), [value]);
  const hunks = useMemo(() => parsed?.flatMap((each) => each.hunks), [parsed]);
  const failed = problem && <div className="p-2"><ProblemNotice what={say("changes.file.problem")} problem={problem} onRetry={reload} /></div>;
  if (!value || !hunks) {
    if (!failed) return <Line>{say("changes.loading")}</Line>;
    return (
      <>
        {failed}
        <MovedComment id={comment} />
      </>
    );
  }
  return (
    <>
      {failed}
      {hunks.length ? <DiffLines path={file.path} kind={parsed?.[0]?.type ?? "modify"} hunks={hunks} comment={comment} /> : (
        <>
          <Line>{say("changes.file.same")}</Line>
          <MovedComment id={comment} />
        </>
      )}
      {value.cut && (
        <div data-testid="changes-cut" className="flex flex-wrap items-center gap-3 border-t border-line px-3 py-2 text-[0.8125rem] text-dim">
          {whole ? say("changes.file.cut.most") : say("changes.file.cut", { kb: FIRST_KB })}
          {!whole && <Button onClick={() => { setWhole(true); }}>{say("changes.file.cut.show")}</Button>}
        </div>
      )}
    </>
  );
}

/** A cut text may end within a hunk: what is whole of it is shown. */
function filesOf(text: string): FileData[] {
  try {
    return text ? parseDiff(text) : [];
  } catch {
    return [];
  }
}
