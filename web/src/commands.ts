/** What can be done from anywhere by its name: the palette lists it, and some of it has a key. Views offer theirs while they are shown. */

import type { IconName } from "./components/icons";

export interface Command {
  id: string;
  words: string;
  icon?: IconName;
  /** What else people call it. */
  also?: string;
  /** As the list of keys shows it: `?`, `mod+k`. */
  key?: string;
  run: () => void;
}

export type Source = () => readonly Command[];

const sources = new Set<Source>();

/** The source's commands are there until what is returned is called. Asked each time, so they are as things are then. */
export function offer(source: Source): () => void {
  sources.add(source);
  return () => {
    sources.delete(source);
  };
}

/** All that can be done now; what was offered last comes first, as it belongs to what is in front. */
export function commands(): Command[] {
  const found = [...sources].reverse().flatMap((source) => source());
  return found.filter(({ id }, index) => found.findIndex((one) => one.id === id) === index);
}

/** Those that fit what is typed, the best first; all, when nothing is. */
export function fitting<T extends Pick<Command, "words" | "also">>(all: readonly T[], typed: string): T[] {
  const parts = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return all
    .map((one) => ({ one, worth: worthOf(`${one.words} ${one.also ?? ""}`.toLowerCase(), parts) }))
    .filter(({ worth }) => worth > 0)
    .sort((a, b) => b.worth - a.worth)
    .map(({ one }) => one);
}

/** 0: a part is not in it. A word's beginning is worth more than its middle, and the text's beginning most. */
function worthOf(text: string, parts: string[]): number {
  let worth = 1;
  for (const part of parts) {
    const at = text.indexOf(part);
    if (at < 0) return 0;
    worth += at === 0 ? 4 : text.includes(` ${part}`) ? 2 : 1;
  }
  return worth;
}
