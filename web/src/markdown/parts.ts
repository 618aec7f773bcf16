/**
 * A long text in parts: what grows at its end is laid out and painted without those that came before.
 *
 * Within a part margins collapse, between two they do not: prose.css makes up for what parts commonly begin with,
 * and none begins where more would have to be known.
 */

import type { Block } from "./blocks";

export type Part = readonly Block[];

/** Blocks of a part, unless it may not end there. */
const LENGTH = 12;

/** The parts of blocks that grow: those that say the same are the very same objects, and not drawn again. */
export class Parts {
  #parts: readonly Part[] = [];

  of(blocks: readonly Block[]): readonly Part[] {
    const old = this.#parts;
    this.#parts = cut(blocks).map((part, at) => (old[at] && isSame(old[at], part) ? old[at] : part));
    return this.#parts;
  }
}

function cut(blocks: readonly Block[]): Part[] {
  const parts: Block[][] = [];
  for (const block of blocks) {
    const last = parts.at(-1);
    if (!last || (last.length >= LENGTH && mayEnd(last.at(-1), block))) parts.push([block]);
    else last.push(block);
  }
  return parts;
}

/** After a line across, and before a quotation with a margin of its own at its top, margins would add up. */
function mayEnd(before: Block | undefined, next: Block): boolean {
  const quotes = next.kind === "html" && /^(?:<blockquote>\s*)+<(?:h|ul|ol)/.test(next.html);
  return !quotes && !(before?.kind === "html" && before.html.includes("<hr"));
}

function isSame(one: Part, other: Part): boolean {
  return one.length === other.length && one.every((block, at) => block === other[at]);
}
