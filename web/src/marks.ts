/** Marks on words that were looked for: drawn by the browser over the text, so that nothing of it is made anew. */

import type { Match } from "./find";

/** Text that is no part of the conversation: names for screen readers, buttons, clocks. */
const NOT_SAID = ".sr-only, button:not([aria-expanded]), time, [aria-hidden=true], input, textarea";
const BLOCKS = "p, li, pre, td, th, h1, h2, h3, h4, h5, h6, div, section, article, button, blockquote";
/** Marks drawn at once. */
const MOST = 2000;

/** Marks all of the words in the rows that are there; returns the place of the current match, if it is among them. */
export function mark(view: HTMLElement, words: string, current: Match | undefined): Range | undefined {
  if (!("highlights" in CSS)) return undefined;
  clear();
  // Only while there are words: every element of the page is looked through for the style of its marks.
  document.documentElement.toggleAttribute("data-marked", Boolean(words.trim()));
  if (!words.trim()) return undefined;
  const all: Range[] = [];
  let found: Range | undefined;
  for (const row of view.querySelectorAll<HTMLElement>("[data-row]")) {
    const ranges = rangesIn(row, words.toLowerCase());
    if (row.dataset.row === current?.row) found = ranges[Math.min(current?.nth ?? 0, ranges.length - 1)];
    all.push(...ranges.slice(0, MOST - all.length));
  }
  CSS.highlights.set("found", new Highlight(...all));
  if (found) CSS.highlights.set("found-now", new Highlight(found));
  return found;
}

export function unmark(): void {
  if (!("highlights" in CSS)) return;
  document.documentElement.removeAttribute("data-marked");
  clear();
}

function clear(): void {
  CSS.highlights.delete("found");
  CSS.highlights.delete("found-now");
}

function rangesIn(row: HTMLElement, words: string): Range[] {
  return runsIn(row).flatMap((run) => rangesInRun(run, words));
}

/** Texts that stand in one block, in order: words may go over the edges of bold or coloured parts. */
function runsIn(row: HTMLElement): Text[][] {
  const runs: Text[][] = [];
  let block: Element | null = null;
  const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node as Text;
    if (!text.data || text.parentElement?.closest(NOT_SAID)) continue;
    const its = text.parentElement?.closest(BLOCKS) ?? null;
    if (its !== block || !runs.length) runs.push([]);
    block = its;
    runs.at(-1)?.push(text);
  }
  return runs;
}

function rangesInRun(run: Text[], words: string): Range[] {
  const joined = run.map(({ data }) => lower(data)).join("");
  const ranges: Range[] = [];
  for (let at = joined.indexOf(words); at >= 0; at = joined.indexOf(words, at + words.length)) {
    const range = document.createRange();
    const [start, startAt] = placeOf(run, at);
    const [end, endAt] = placeOf(run, at + words.length - 1);
    range.setStart(start, startAt);
    range.setEnd(end, endAt + 1);
    ranges.push(range);
  }
  return ranges;
}

/** In small letters, as long as before: a few letters of the world become two. */
function lower(text: string): string {
  const small = text.toLowerCase();
  return small.length === text.length ? small : text;
}

function placeOf(run: Text[], at: number): [Text, number] {
  let left = at;
  for (const text of run) {
    if (left < text.length) return [text, left];
    left -= text.length;
  }
  throw new Error("beyond the text");
}
