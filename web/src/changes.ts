/** What the views of changes and files think: no React, no requests. */

import type { Drafts } from "./drafts";
import type { ChangedFile, Diff } from "./protocol";
import type { State, Turn } from "./session";
import { Store } from "./store";
import { say } from "./words";

/** Changed lines above which a file's change is shown only when it is asked for. */
export const LARGE_LINES = 1500;
/** Files that are open from the start, as long as their lines together are not more than these. */
const OPEN_FILES = 8;
const OPEN_LINES = 500;

/** How many files are changed since the last commit, by project, where this page knows. */
export const changedFiles = new Store<Readonly<Record<string, number>>>({});

export const linesOf = ({ added, deleted }: ChangedFile): number => (added ?? 0) + (deleted ?? 0);

/** Whether its lines can be shown. */
export const hasLines = ({ notShown, added, submodule }: ChangedFile): boolean => !notShown && (added !== null || Boolean(submodule));

/** The files that are open before the person says otherwise; one that is much by itself hinders no other. */
export function openFirst(files: readonly ChangedFile[]): Set<string> {
  let lines = 0;
  const first = files.filter((file) => {
    if (file.notShown || file.added === null) return false;
    if (lines + linesOf(file) > OPEN_LINES) return false;
    lines += linesOf(file);
    return true;
  });
  return new Set(first.slice(0, OPEN_FILES).map(({ path }) => path));
}

/** Changes when the agent may have changed a file: a tool call was done, a turn began or ended. */
export function workDone({ turns, running }: State): string {
  const last = turns.at(-1);
  const done = last?.entries.filter(({ content, open }) => content.kind === "tool-call" && !open).length ?? 0;
  return `${last?.id ?? ""} ${last?.status ?? ""} ${running ?? ""} ${done}`;
}

/** The edits that the agent's tool calls of a turn carry: the latest of each file, from what it was at first. */
export function reportedEdits(turn: Turn): Diff[] {
  const found = new Map<string, Diff>();
  for (const { content } of turn.entries) {
    if (content.kind !== "tool-call") continue;
    for (const diff of content.diffs ?? []) {
      const first = found.get(diff.path);
      found.set(diff.path, first ? { ...diff, before: first.before } : diff);
    }
  }
  return [...found.values()];
}

/** Lines of a file, as people and agents name them. */
export interface Place {
  path: string;
  from: number;
  to: number;
  /** They are of the version before the change. */
  old?: boolean;
}

export function placeName({ path, from, to }: Place): string {
  return `${path}:${from === to ? from : `${from}-${to}`}`;
}

/** A comment as it goes into the prompt: the place, its lines quoted, the words. */
export function quoted(place: Place, lines: readonly string[], words: string): string {
  const name = `\`${placeName(place)}\`${place.old ? ` ${say("changes.comment.old")}` : ""}`;
  const quote = [name, ...lines].map((line) => `> ${line}`.trimEnd()).join("\n");
  return words.trim() ? `${quote}\n\n${words.trim()}` : quote;
}

/** Puts something at the end of what the person has begun to write. */
export function addToPrompt(drafts: Drafts, session: string, text: string): void {
  const begun = drafts.get(session).trimEnd();
  drafts.set(session, `${begun ? `${begun}\n\n` : ""}${text}\n`);
}

/** Bytes as people read them. */
export function sizeOf(bytes: number): string {
  if (bytes < 1000) return say("files.size.b", { n: bytes });
  if (bytes < 1_000_000) return say("files.size.kb", { n: rounded(bytes / 1000) });
  return say("files.size.mb", { n: rounded(bytes / 1_000_000) });
}

const rounded = (number: number) => Math.round(number * 10) / 10;

const LANGUAGES: Record<string, string> = {
  cc: "cpp", cjs: "javascript", cts: "typescript", h: "c", hpp: "cpp", htm: "html", jsonc: "json", jsonl: "json",
  markdown: "markdown", mk: "make", mts: "typescript", pyi: "python", svg: "html", xml: "html", vue: "html", cfg: "ini", conf: "ini",
}; // prettier-ignore
const NAMES: Record<string, string> = { dockerfile: "docker", makefile: "make", gemfile: "ruby", rakefile: "ruby" };

/** The language of a file by its name, as `highlight` knows it. */
export function languageOf(path: string): string {
  const name = (path.split("/").at(-1) ?? "").toLowerCase();
  const end = name.includes(".") ? (name.split(".").at(-1) ?? "") : "";
  return NAMES[name] ?? LANGUAGES[end] ?? end;
}
