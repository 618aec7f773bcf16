/** What is open for an earlier prompt. It stands above the conversation: the prompt's own row comes and goes with the scrolling. */

import { Store, useStore } from "./store";

export interface PromptDialog {
  what: "again" | "fork" | "restore";
  turn: string;
}

export const promptDialog = new Store<PromptDialog | undefined>(undefined);

/** So many prompts in other words are remembered, the latest. */
const KEPT = 20;

const rewritten = new Store<ReadonlyMap<string, string>>(new Map());

/** A turn's prompt in other words, as far as it is written: it is there again when the dialog is. */
export function useRewritten(turn: string): [string | undefined, (text: string | undefined) => void] {
  const text = useStore(rewritten, (all) => all.get(turn));
  return [text, (next) => { rewrite(turn, next); }];
}

function rewrite(turn: string, text: string | undefined): void {
  const others = [...rewritten.get()].filter(([id]) => id !== turn);
  rewritten.set(new Map(text === undefined ? others : [...others, [turn, text] as const].slice(-KEPT)));
}
