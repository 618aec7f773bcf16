import { useMemo, useState } from "react";
import { parseDiff, type FileData } from "react-diff-view";
import { fetchPatch } from "../api";
import { linesOf } from "../changes";
import type { ChangedFile, Changes } from "../protocol";
import { say } from "../words";
import { Button } from "./button";
import { Line } from "./changes-file";
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
}

/** The lines of one file that differ. */
export function FilePatch({ file, changes, project, large }: Props) {
  const [wanted, setWanted] = useState(!large);
  if (!wanted) {
    return (
      <div className="flex flex-wrap items-center gap-3 px-3 py-2 text-[0.8125rem] text-dim">
        {say("changes.file.large", { n: linesOf(file) })}
        <Button testid="changes-large" onClick={() => { setWanted(true); }}>{say("changes.file.large.show")}</Button>
      </div>
    );
  }
  return <Patch file={file} changes={changes} project={project} />;
}

function Patch({ file, changes: { before, after }, project }: Omit<Props, "large">) {
  const [whole, setWhole] = useState(false);
  const asked = { before, after, path: file.path, old_path: file.oldPath ?? undefined, whole };
  // The list grows anew all the time; these lines are others only with another version of the file.
  const { value, problem, reload } = useRequest(`${file.version} ${whole}`, () => fetchPatch(project, asked));
  const parsed = useMemo(() => value && filesOf(value.text), [value]);
  if (problem) return <div className="p-2"><ProblemNotice what={say("changes.file.problem")} problem={problem} onRetry={reload} /></div>;
  if (!value || !parsed) return <Line>{say("changes.loading")}</Line>;
  const hunks = parsed.flatMap((each) => each.hunks);
  if (!hunks.length) return <Line>{say("changes.file.same")}</Line>;
  return (
    <>
      <DiffLines path={file.path} kind={parsed[0]?.type ?? "modify"} hunks={hunks} />
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
