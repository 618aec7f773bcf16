import { Suspense, type ReactNode } from "react";
import type { ToolCall } from "../protocol";
import { say } from "../words";
import { CopyButton } from "./copy-button";
import { Folded } from "./folded";
import { Markdown } from "./markdown";
import { part } from "./part";
import { shortPath, useSession } from "./session-context";
import { given, inputText, type Given } from "./tool-input";
import { ToolOutput } from "./tool-output";

const FileDiff = part(async () => (await import("./file-diff")).FileDiff);

/** Kinds that say most at their end. */
const ENDS = new Set<ToolCall["tool"]>(["execute"]);

/** All that is known of a tool call: changes, input, output; between them what a sub-agent did (`children`). */
export function ToolBody({ call, children, id = call.title, growing = false }: {
  call: ToolCall;
  children?: ReactNode;
  /** Of its folds. */
  id?: string;
  growing?: boolean;
}) {
  const diffs = call.diffs ?? [];
  const inputs = diffs.length || children ? [] : given(call);
  const task = children ? taskOf(call) : "";
  const nothing = !inputs.length && !task && !call.output && !diffs.length && !children;
  return (
    <div className="divide-y divide-line">
      {diffs.map((diff, at) => (
        <Suspense key={at} fallback={<p className="px-3 py-2 font-mono text-xs text-dim">{diff.path} …</p>}>
          <FileDiff diff={diff} />
        </Suspense>
      ))}
      {inputs.map((input) => <GivenPart key={input.name} input={input} />)}
      {task && <div className="px-3 py-1"><Folded name={say("tool.task")} text={task} className="max-h-80" /></div>}
      {children}
      {call.output && (children ? <Answer text={call.output} /> : (
        <ToolOutput
          id={id}
          name={say(COMMANDS.has(call.tool) ? "tool.output" : "tool.result")}
          text={call.output}
          tail={ENDS.has(call.tool)}
          growing={growing}
        />
      ))}
      {nothing && <p className="px-3 py-2 text-xs text-faint">{say("tool.nothing")}</p>}
    </div>
  );
}

const COMMANDS = new Set<ToolCall["tool"]>(["execute", "other", undefined]);

/** What a sub-agent brought back: words, as any agent's. */
function Answer({ text }: { text: string }) {
  return <div className="px-3 py-2.5 [&_.prose]:text-[0.875rem]"><Markdown text={text} /></div>;
}

/** One thing that the tool was told. */
function GivenPart({ input: { name, text, kind } }: { input: Given }) {
  const { folder } = useSession();
  if (kind === "command") return <CommandPart text={text} />;
  if (kind === "json") return <div className="px-3 py-1"><Folded name={name} text={text} className="max-h-80" /></div>;
  return (
    <div className="flex items-baseline gap-2.5 px-3 py-1.5 text-xs">
      <span className="shrink-0 text-faint">{name}</span>
      {kind === "address" ? <Outside url={text} /> : (
        <span className={`min-w-0 wrap-anywhere ${kind === "words" ? "" : "font-mono"}`}>{kind === "path" ? shortPath(text, folder) : text}</span>
      )}
    </div>
  );
}

function CommandPart({ text }: { text: string }) {
  return (
    <div className="flex items-start gap-2 py-1.5 pr-1.5 pl-3">
      <pre tabIndex={0} aria-label={say("tool.command")} className="max-h-60 min-w-0 flex-1 overflow-auto py-1 font-mono text-xs leading-relaxed whitespace-pre-wrap wrap-anywhere">
        <span aria-hidden="true" className="text-faint select-none">$ </span>
        {text}
      </pre>
      <CopyButton text={text} label={say("copy.command")} />
    </div>
  );
}

/** An address that the agent went to: a link only where it leads to the web. */
function Outside({ url }: { url: string }) {
  if (!/^https?:\/\//i.test(url)) return <span className="min-w-0 font-mono wrap-anywhere">{url}</span>;
  return (
    <a href={url} target="_blank" rel="noopener noreferrer" className="min-w-0 font-mono wrap-anywhere text-accent underline underline-offset-2">
      {url}
    </a>
  );
}

/** What a sub-agent was told to do. */
function taskOf(call: ToolCall): string {
  const { input } = call;
  return input && typeof input.prompt === "string" ? input.prompt : inputText(call);
}
