/** Phrases with places to fill. Pure. */

import { numberIn, pluralIn } from "./formats";

/** One text, or one for each plural of the language (by the value `n`). */
export type Phrase = string | { one?: string; other: string };
export type Values = Record<string, string | number>;

const PLACE = /\{(\w+)\}/g;

/** The text, its places filled; a place without a value stays as it is written. */
export function filled(phrase: Phrase, values: Values, locale: string): string {
  return textOf(phrase, values, locale).replace(PLACE, (place, name: string) => shown(values[name], locale) ?? place);
}

/** The text cut at the places that have no value: these are the caller's to draw. */
export function partsOf(phrase: Phrase, values: Values, locale: string): string[] {
  return filled(phrase, values, locale)
    .split(/(\{\w+\})/)
    .filter(Boolean);
}

function textOf(phrase: Phrase, values: Values, locale: string): string {
  if (typeof phrase === "string") return phrase;
  const one = pluralIn(locale, Number(values.n ?? 0)) === "one";
  return (one && phrase.one) || phrase.other;
}

function shown(value: string | number | undefined, locale: string): string | undefined {
  return typeof value === "number" ? numberIn(locale, value) : value;
}
