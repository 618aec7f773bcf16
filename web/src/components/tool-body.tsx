import { lazy, Suspense, useState, type ReactNode } from "react";
import type { ToolCall } from "../protocol";
import { Folded } from "./folded";

const FileDiff = lazy(() => import("./file-diff"));

/** Characters of an output shown until the person asks for all. */
const SHOWN = 20_000;

/** All that is known of a tool call: changes, input, output; between them what a sub-agent did (`children`). */
export function ToolBody({ call, children }: { call: ToolCall; children?: ReactNode }) {
  const diffs = call.diffs ?? [];
  const input = children ? taskOf(call) : inputText(call);
  return (
    <div className="divide-y divide-line">
      {diffs.map((diff) => (
        <Suspense key={diff.path} fallback={<p className="px-3 py-2 font-mono text-xs text-dim">{diff.path} …</p>}>
          <FileDiff diff={diff} />
        </Suspense>
      ))}
      {input && !diffs.length && !children && <Part name="Input" text={input} />}
      {input && children && <div className="px-3 py-1"><Folded name="Its task" text={input} className="max-h-80" /></div>}
      {children}
      {call.output && <Part name="Output" text={call.output} />}
      {!input && !call.output && !diffs.length && !children && <p className="px-3 py-2 text-xs text-faint">No input and no output.</p>}
    </div>
  );
}

function Part({ name, text }: { name: string; text: string }) {
  const [all, setAll] = useState(false);
  const hidden = all ? 0 : Math.max(0, text.length - SHOWN);
  return (
    <div className="px-3 py-2">
      <p className="text-xs text-faint">{name}</p>
      {hidden > 0 && (
        <button type="button" className="target text-xs text-accent underline" onClick={() => { setAll(true); }}>
          Show {hidden.toLocaleString()} characters before this
        </button>
      )}
      <pre tabIndex={0} aria-label={name} className="mt-1 max-h-80 overflow-auto font-mono text-xs leading-relaxed whitespace-pre-wrap wrap-anywhere">
        {text.slice(hidden)}
      </pre>
    </div>
  );
}

/** What a sub-agent was told to do. */
function taskOf(call: ToolCall): string {
  const { input } = call;
  return input && typeof input.prompt === "string" ? input.prompt : inputText(call);
}

/** The command where there is one, otherwise the JSON as the agent gave it. */
function inputText(call: ToolCall): string {
  const { input } = call;
  if (!input) return "";
  if (typeof input === "string") return input;
  if (typeof input === "object" && "command" in input && typeof input.command === "string") return `$ ${input.command}`;
  const text = JSON.stringify(input, undefined, 2);
  return text === "{}" ? "" : text;
}

export function lastLines(text: string, count: number): string {
  const end = text.trimEnd().slice(-8000).split("\n");
  return end.slice(-count).join("\n");
}
