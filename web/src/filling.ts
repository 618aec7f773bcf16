/**
 * What a person has filled into open questions. It is kept for as long as the page: a card comes and goes as one
 * scrolls, looks at another session or takes an answer back, and what was written must be there when it is back.
 */

import type { Field } from "./protocol";
import { Store, useStore } from "./store";

/** What one field holds: choices, and words of one's own. */
export interface Filled {
  chosen: readonly string[];
  words: string;
}

/** By the field's id. */
export type Filling = Readonly<Record<string, Filled>>;

export const NOTHING: Filled = { chosen: [], words: "" };
const EMPTY: Filling = {};
/** So many questions are remembered, the latest. */
const KEPT = 100;

/** By the approval's id. */
export const fillings = new Store<ReadonlyMap<string, Filling>>(new Map());

/** What is filled in at this question so far, and how it is changed. */
export function useFilling(approval: string): [Filling, (field: string, filled: Filled) => void] {
  const filling = useStore(fillings, (all) => all.get(approval) ?? EMPTY);
  return [filling, (field, filled) => { keep(approval, { ...fillings.get().get(approval), [field]: filled }); }];
}

function keep(approval: string, filling: Filling): void {
  const others = [...fillings.get()].filter(([id]) => id !== approval);
  fillings.set(new Map([...others, [approval, filling] as const].slice(-KEPT)));
}

/** The answer that the server gets for a field: words as written, one choice, or several. Empty: nothing was filled in. */
export function valueOf({ choices, multiple }: Field, { chosen, words }: Filled): string | string[] {
  if (!choices?.length) return words;
  const all = words.trim() ? [...chosen, words.trim()] : [...chosen];
  return multiple ? all : (all[0] ?? "");
}

/** Whether something needed is not filled in yet. */
export function missingIn(fields: readonly Field[], filling: Filling): boolean {
  return fields.some((field) => field.required && !valueOf(field, filling[field.id] ?? NOTHING).length);
}

/** The answer: what was filled in, field by field. */
export function valuesOf(fields: readonly Field[], filling: Filling): Record<string, string | string[]> {
  const filled = fields.flatMap((field) => {
    const found = filling[field.id];
    return found ? [[field.id, valueOf(field, found)] as const] : [];
  });
  return Object.fromEntries(filled);
}
