/**
 * A long text in parts: what grows at its end is laid out and painted without those that came before.
 *
 * A part begins only with a block that has no margin above it: within a part margins collapse, between two they do not.
 */

import type { Block } from "./blocks";

export type Part = readonly Block[];

/** Blocks of a part, unless the next has a margin above. */
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
    if (!last || (last.length >= LENGTH && !hasMarginAbove(block))) parts.push([block]);
    else last.push(block);
  }
  return parts;
}

/** Headings, lines across, and a list by its first item (prose.css). */
function hasMarginAbove(block: Block): boolean {
  return block.kind === "html" && /^<(h|ul|ol)/.test(block.html);
}

function isSame(one: Part, other: Part): boolean {
  return one.length === other.length && one.every((block, at) => block === other[at]);
}
