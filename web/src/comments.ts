/**
 * Comments on changed lines that are being written: neither added to the prompt nor given up yet. They are kept apart
 * from what shows them, since the agent changes files while one writes, and patches come and go.
 */

import type { Place } from "./changes";
import { Store } from "./store";

/** Lines as they were when they were chosen. What the file is by now changes neither the place nor the quote. */
export interface Choice {
  place: Place;
  lines: readonly string[];
  /** They were chosen from the last to the first: more are taken at the upper end. */
  up: boolean;
}

export interface Comment {
  choice: Choice;
  words: string;
}

export const comments = new Store<Readonly<Record<string, Comment>>>({});

/** Where the comment on a file is kept: there is one at most in what a session shows of it. */
export function commentKey(session: string, turn: string | undefined, path: string): string {
  return `${session} ${turn ?? ""} ${path}`;
}

/** The files with a comment in what a session shows. */
export function commented(all: Readonly<Record<string, Comment>>, session: string, turn: string | undefined): string[] {
  const prefix = commentKey(session, turn, "");
  return Object.keys(all).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

/** Writing begins, or goes on about other lines: the words stay. */
export function commentOn(key: string, choice: Choice): void {
  comments.patch({ [key]: { choice, words: comments.get()[key]?.words ?? "" } });
}

export function setWords(key: string, words: string): void {
  const known = comments.get()[key];
  if (known) comments.patch({ [key]: { ...known, words } });
}

export function giveUp(key: string): void {
  comments.set(Object.fromEntries(Object.entries(comments.get()).filter(([other]) => other !== key)));
}

/** Whether there are words that would be lost. */
export function hasWords(key: string): boolean {
  return Boolean(comments.get()[key]?.words.trim());
}
