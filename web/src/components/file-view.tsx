import { useState } from "react";
import { rawFile } from "../api";
import { addToPrompt, placeName, sizeOf } from "../changes";
import type { FilePart, Project } from "../protocol";
import { toast } from "../toasts";
import { linesIn } from "../tree";
import { say } from "../words";
import { Button, IconButton } from "./button";
import { useClient } from "./client-context";
import { FilePdf } from "./file-pdf";
import { FileText } from "./file-text";
import { Icon } from "./icons";
import { Notice, ProblemNotice } from "./notice";
import { useSession } from "./session-context";
import { useFile } from "./use-file";

/** Bytes of a PDF above which it is not shown: all of it is held in memory. */
const PDF_LIMIT = 100_000_000;

/** One file, by what it is. */
export function FileView({ project, path, looks }: { project: Project; path: string; looks: number }) {
  const { file, text, next, problem, more, reload } = useFile(project.id, path, looks);
  const [lines, setLines] = useState(() => linesIn(location.hash));
  const [wrap, setWrap] = useState(true);
  const [asText, setAsText] = useState(false);
  const gone = problem && (!file || problem.code === "unknown-file");
  if (gone) return <div className="p-4"><ProblemNotice what={say("files.file.problem")} problem={problem} onRetry={reload} /></div>;
  if (!file) return <p role="status" className="m-auto text-faint">{say("changes.loading")}</p>;
  const readable = file.kind === "text" || asText;
  const choose = (chosen: { from: number; to: number }) => {
    setLines(chosen);
    // The whole address: a hash alone would be taken from the page's base.
    history.replaceState(null, "", `${location.pathname}#L${chosen.from}${chosen.to > chosen.from ? `-L${chosen.to}` : ""}`);
  };
  return (
    <div data-testid="file" data-path={path} data-kind={file.kind} className="flex min-h-0 flex-1 flex-col">
      <div className="flex min-h-11 items-center gap-1 border-b border-line pr-1.5 pl-3.5">
        <h2 className="min-w-0 flex-1 truncate font-mono text-[0.8125rem]" title={path} dir="auto">{path}</h2>
        <span className="px-2 text-xs whitespace-nowrap text-faint tabular-nums">{sizeOf(file.size)}</span>
        {file.kind === "image" && file.text !== null && (
          <Button look="quiet" onClick={() => { setAsText(!asText); }}>{say(asText ? "files.as-picture" : "files.as-text")}</Button>
        )}
        {readable && (
          <IconButton icon="steer" label={say("files.wrap")} testid="file-wrap" aria-pressed={wrap} className={wrap ? "!text-accent" : ""} onClick={() => { setWrap(!wrap); }} />
        )}
        <Mention path={path} lines={readable ? lines : undefined} text={text} />
        <RawLink file={file} project={project.id} />
      </div>
      {readable ? (
        <FileText path={path} text={text} wrap={wrap} lines={lines} onLines={choose} end={next !== null && <More shown={text} file={file} onMore={more} />} wanted={next !== null ? more : undefined} />
      ) : (
        <Other file={file} project={project.id} />
      )}
    </div>
  );
}

/** Names the file in the prompt, or quotes the chosen lines. */
function Mention({ path, lines, text }: { path: string; lines?: { from: number; to: number }; text: string }) {
  const client = useClient();
  const { feed } = useSession();
  const words = lines ? say("files.mention.lines", { lines: placeName({ path: "", ...lines }).slice(1) }) : say("files.mention");
  const add = () => {
    const place = lines ? placeName({ path, ...lines }) : path;
    const quote = lines ? text.split("\n").slice(lines.from - 1, lines.to).map((line) => `> ${line}`.trimEnd()) : [];
    addToPrompt(client.drafts, feed.session, [lines ? `> \`${place}\`` : `\`${place}\``, ...quote].join("\n"));
    toast(say("changes.comment.added"));
  };
  return <IconButton icon="edit" label={words} testid="file-mention" onClick={add} />;
}

/** Its bytes: saved, or opened by the browser itself. */
function RawLink({ file, project, opens }: { file: FilePart; project: string; opens?: boolean }) {
  const label = say(opens ? "files.pdf.open" : "files.download");
  return (
    <a
      href={rawFile(project, file, !opens)}
      download={opens ? undefined : (file.path.split("/").at(-1) ?? "")}
      target={opens ? "_blank" : undefined}
      rel="noreferrer"
      aria-label={label}
      title={label}
      data-testid={opens ? "file-open" : "file-download"}
      className="target inline-flex size-8 shrink-0 items-center justify-center rounded-lg text-dim hover:bg-bubble hover:text-text"
    >
      <Icon name={opens ? "out" : "arrowDown"} />
    </a>
  );
}

/** What is left of a long text. */
function More({ shown, file, onMore }: { shown: string; file: FilePart; onMore: () => void }) {
  return (
    <div className="flex flex-wrap items-center gap-3 px-3.5 py-3 text-[0.8125rem] text-dim">
      <Button testid="file-more" onClick={onMore}>{say("files.part")}</Button>
      {say("files.part.left", { shown: sizeOf(new Blob([shown]).size), size: sizeOf(file.size) })}
    </div>
  );
}

function Other({ file, project }: { file: FilePart; project: string }) {
  const name = file.path.split("/").at(-1) ?? "";
  if (file.kind === "image") {
    return (
      <div className="flex min-h-0 flex-1 items-center justify-center overflow-auto bg-panel p-4">
        <img data-testid="file-picture" src={rawFile(project, file)} alt={say("files.picture", { name })} className="max-h-full max-w-full object-contain" />
      </div>
    );
  }
  const pdf = file.kind === "pdf";
  const links = <>{pdf && <RawLink file={file} project={project} opens />}<RawLink file={file} project={project} /></>;
  if (pdf && file.size <= PDF_LIMIT) return <FilePdf path={file.path} address={rawFile(project, file)} links={links} />;
  return (
    <div className="mx-auto w-full max-w-lg p-4 pt-[10dvh]">
      <Notice icon="file" testid="file-binary" title={say(pdf ? "files.pdf.large" : "files.binary")} actions={links}>
        {say(pdf ? "files.pdf.large.hint" : "files.binary.hint", { size: sizeOf(file.size) })}
      </Notice>
    </div>
  );
}
