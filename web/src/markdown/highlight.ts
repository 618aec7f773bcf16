/** Colours for code, loaded when the first closed fence is shown. */

import type { HighlighterCore, LanguageInput } from "shiki/core";
import { languageId } from "./languages";

export interface Piece {
  text: string;
  /** `tok-…`, of prose.css. */
  className?: string;
}

/** Characters above which code stays plain: reading it would hold the page up. */
const LONGEST = 20_000;
const KNOWN = 200;
/** Characters of a line above which it stays plain. */
const LONGEST_LINE = 4000;

type Load = () => Promise<{ default: LanguageInput }>;

const LANGUAGES: Record<string, Load> = {
  bash: () => import("shiki/langs/bash.mjs"),
  c: () => import("shiki/langs/c.mjs"),
  cpp: () => import("shiki/langs/cpp.mjs"),
  csharp: () => import("shiki/langs/csharp.mjs"),
  css: () => import("shiki/langs/css.mjs"),
  diff: () => import("shiki/langs/diff.mjs"),
  docker: () => import("shiki/langs/docker.mjs"),
  go: () => import("shiki/langs/go.mjs"),
  html: () => import("shiki/langs/html.mjs"),
  ini: () => import("shiki/langs/ini.mjs"),
  java: () => import("shiki/langs/java.mjs"),
  javascript: () => import("shiki/langs/javascript.mjs"),
  json: () => import("shiki/langs/json.mjs"),
  jsx: () => import("shiki/langs/jsx.mjs"),
  kotlin: () => import("shiki/langs/kotlin.mjs"),
  lua: () => import("shiki/langs/lua.mjs"),
  make: () => import("shiki/langs/make.mjs"),
  markdown: () => import("shiki/langs/markdown.mjs"),
  php: () => import("shiki/langs/php.mjs"),
  python: () => import("shiki/langs/python.mjs"),
  ruby: () => import("shiki/langs/ruby.mjs"),
  rust: () => import("shiki/langs/rust.mjs"),
  sql: () => import("shiki/langs/sql.mjs"),
  swift: () => import("shiki/langs/swift.mjs"),
  toml: () => import("shiki/langs/toml.mjs"),
  tsx: () => import("shiki/langs/tsx.mjs"),
  typescript: () => import("shiki/langs/typescript.mjs"),
  yaml: () => import("shiki/langs/yaml.mjs"),
};

let core: Promise<HighlighterCore> | undefined;
const known = new Map<string, Piece[][]>();

/** What was highlighted lately, without waiting. */
export function highlighted(text: string, language: string): Piece[][] | undefined {
  return known.get(`${language}\n${text}`);
}

/** The code's lines in pieces; undefined: it stays plain. */
export async function highlight(text: string, language: string): Promise<Piece[][] | undefined> {
  const name = languageId(language);
  const load = LANGUAGES[name];
  if (!load || text.length > LONGEST) return undefined;
  core ??= start();
  const [shiki, grammar] = await Promise.all([core, load()]);
  await shiki.loadLanguage(grammar.default);
  const { tokens } = shiki.codeToTokens(text, {
    lang: name,
    theme: "css-variables",
    tokenizeMaxLineLength: LONGEST_LINE,
    // A line that was given up halfway, on a busy machine, would keep wrong colours.
    tokenizeTimeLimit: 0,
  });
  const lines = tokens.map((line) => line.map(({ content, color }) => ({ text: content, className: classOf(color) })));
  const oldest = known.keys().next();
  if (known.size >= KNOWN && !oldest.done) known.delete(oldest.value);
  known.set(`${language}\n${text}`, lines);
  return lines;
}

async function start(): Promise<HighlighterCore> {
  const [{ createCssVariablesTheme, createHighlighterCore }, { createJavaScriptRegexEngine }] = await Promise.all([
    import("shiki/core"),
    import("shiki/engine/javascript"),
  ]);
  const theme = createCssVariablesTheme({ name: "css-variables" });
  return createHighlighterCore({ themes: [theme], langs: [], engine: createJavaScriptRegexEngine({ forgiving: true }) });
}

/** `var(--shiki-token-keyword)` → `tok-keyword`. */
function classOf(color: string | undefined): string | undefined {
  const name = /--shiki-token-([\w-]+)/.exec(color ?? "")?.[1];
  return name && `tok-${name}`;
}
