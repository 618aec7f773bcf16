import { useState } from "react";
import { fetchImports, lookAgain, type Problem } from "../api";
import type { ImportsPage, SkippedFile } from "../protocol";
import { useStore } from "../store";
import { say } from "../words";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Dialog } from "./dialog";
import { ImportBar } from "./import-bar";
import { ProblemNotice } from "./notice";
import { ServerWords } from "./server-words";
import { useRequest } from "./use-request";

/** What came of the sessions that agents had kept before Antiphon, in a line. */
export function ImportSummary() {
  const client = useClient();
  const running = useStore(client.imports, (imports) => imports?.running ?? false);
  const { value, problem, reload } = useRequest(running ? "running" : "done", () => fetchImports());
  const [open, setOpen] = useState(false);
  const [refused, setRefused] = useState<Problem>();
  const again = async () => {
    const answer = await lookAgain();
    setRefused(answer.ok ? undefined : answer.problem);
    reload();
  };
  return (
    <section data-testid="imports" className="mt-10">
      <h2 className="mb-1 font-semibold">{say("imports.title")}</h2>
      <p className="mb-2 text-[0.8125rem] text-dim">
        {say("imports.what")}
      </p>
      <div className="-mx-3"><ImportBar /></div>
      {(problem ?? refused) && <ProblemNotice what={say("imports.not-loaded")} problem={(problem ?? refused) as Problem} onRetry={reload} />}
      {value && (
        <div className="flex flex-wrap items-center gap-2 text-[0.8125rem]">
          <span className="mr-auto">{wordsOf(value)}</span>
          {value.skippedCount > 0 && <Button look="quiet" testid="imports-skipped" onClick={() => { setOpen(true); }}>{say("imports.skipped")}</Button>}
          <Button look="quiet" icon="retry" testid="imports-again" disabled={running || value.running} onClick={() => void again()}>{say("imports.again")}</Button>
        </div>
      )}
      {open && value && <SkippedDialog first={value} onClose={() => { setOpen(false); }} />}
    </section>
  );
}

function wordsOf({ imported, skippedCount }: ImportsPage): string {
  const found = imported ? say("imports.found", { n: imported }) : say("imports.none");
  return skippedCount ? `${found} · ${say("imports.files-skipped", { n: skippedCount })}` : found;
}

/** Which files became no session, and why. */
function SkippedDialog({ first, onClose }: { first: ImportsPage; onClose: () => void }) {
  const [files, setFiles] = useState<SkippedFile[]>(first.skipped);
  const [next, setNext] = useState(first.next);
  const [problem, setProblem] = useState<Problem>();
  const more = async () => {
    const page = await fetchImports(next ?? undefined);
    setProblem(page.ok ? undefined : page.problem);
    if (!page.ok) return;
    setFiles([...files, ...page.value.skipped]);
    setNext(page.value.next);
  };
  return (
    <Dialog title={say("imports.skipped.title")} testid="skipped-dialog" onClose={onClose} wide>
      <ul className="divide-y divide-line">
        {files.map((file) => (
          <li key={file.path} data-testid="skipped" data-reason={file.reason} className="py-2 first:pt-0">
            <p><ServerWords text={file.message} /></p>
            <p className="mt-0.5 font-mono text-xs wrap-anywhere text-faint">{file.path}</p>
          </li>
        ))}
      </ul>
      {problem && <ProblemNotice what={say("imports.rest")} problem={problem} onRetry={() => void more()} />}
      {next && !problem && <Button className="mt-2 w-full" onClick={() => void more()}>{say("imports.more")}</Button>}
    </Dialog>
  );
}
