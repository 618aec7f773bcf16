import type { Phrase } from "./fill";

/** What another language has to say for the keys of an English area: all of them, and no others. */
export type Translated<English> = Record<keyof English, Phrase>;
