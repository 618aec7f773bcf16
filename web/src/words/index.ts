/** The page's own words, in the person's language. English comes with the page; another is fetched when it is wanted. */

import { Store } from "../store";
import { en } from "./en";
import { filled, partsOf, type Phrase, type Values } from "./fill";

export type Language = "en" | "zh";
export type Key = keyof typeof en;
export type Words = Record<Key, Phrase>;

/** How each language calls itself. */
export const LANGUAGES: Record<Language, string> = { en: "English", zh: "简体中文" };
/** As `lang` and for `Intl`. */
const TAGS: Record<Language, string> = { en: "en", zh: "zh-Hans" };
const PLACE = "antiphon.language";

let words: Words = en;
/** What is shown now. */
export const language = new Store<Language>("en");

/** The words under a key; `{name}` in them is filled from `values`, and `n` says which plural. */
export function say(key: Key, values: Values = {}): string {
  return filled(words[key], values, locale());
}

/** The same in pieces, for words with an element among them: `["Delete ", "{name}", "?"]`. */
export function sayParts(key: Key, values: Values = {}): string[] {
  return partsOf(words[key], values, locale());
}

/** The language's tag, for dates and numbers. */
export function locale(): string {
  return TAGS[language.get()];
}

/** What the person chose here, else what the browser speaks. */
export function preferred(): Language {
  const chosen = localStorage.getItem(PLACE);
  if (chosen && chosen in LANGUAGES) return chosen as Language;
  return navigator.languages.some((tag) => /^zh\b/i.test(tag)) && !/^en\b/i.test(navigator.language) ? "zh" : "en";
}

/** Show the page in this language. Throws when its words cannot be fetched: the page stays as it is. */
export async function speak(next: Language): Promise<void> {
  words = next === "zh" ? (await import("./zh")).zh : en;
  language.set(next);
  document.documentElement.lang = TAGS[next];
}

/** As `speak`, and this browser keeps it. */
export async function choose(next: Language): Promise<void> {
  await speak(next);
  localStorage.setItem(PLACE, next);
}
