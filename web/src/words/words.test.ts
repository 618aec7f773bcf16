import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { afterEach, expect, test } from "vitest";
import { LANGUAGES, language, preferred, say, sayParts, speak } from ".";
import { en } from "./en";
import type { Phrase } from "./fill";
import { zh } from "./zh";

afterEach(() => speak("en"));

const texts = (phrase: Phrase) => (typeof phrase === "string" ? [phrase] : Object.values(phrase));
const places = (phrase: Phrase) => [...new Set(texts(phrase).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

test("each language has the keys of the others, filled, with the same places", () => {
  expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
  for (const [key, phrase] of Object.entries(zh)) {
    expect(texts(phrase).every((text) => text.trim()), key).toBe(true);
    expect(places(phrase), key).toEqual(places(en[key as keyof typeof en]));
  }
});

test.each(Object.keys(LANGUAGES))("no word of an area hides that of another (%s)", (tag) => {
  const areas = readdirSync(`src/words/${tag}`).filter((file) => file !== "index.ts");
  const keys = areas.flatMap((file) => readFileSync(`src/words/${tag}/${file}`, "utf8").match(/^ {2}"[^"]+"(?=:)/gm) ?? []);
  expect(keys.length).toBeGreaterThanOrEqual(Object.keys(en).length);
  expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});

test("what is not Chinese in the Chinese words is a name, a unit or a place", () => {
  const english = Object.entries(zh).filter(([, phrase]) => texts(phrase).some((text) => /[a-z]{3,} [a-z]{3,} [a-z]{3,}/.test(text)));
  expect(english).toEqual([]);
});

test("places are filled, numbers in the language's way, and what has no value is left to the caller", () => {
  expect(say("connection.attempt", { attempt: 1200 })).toBe("Reconnecting, attempt 1,200 …");
  expect(sayParts("connection.attempt")).toEqual(["Reconnecting, attempt ", "{attempt}", " …"]);
});

test("another language is spoken at once, and named to the browser", async () => {
  await speak("zh");
  expect(say("connection.live")).toBe("在线");
  expect(language.get()).toBe("zh");
  expect(document.documentElement.lang).toBe("zh-Hans");
});

test("what was chosen here goes before what the browser speaks", () => {
  expect(preferred()).toBe("en");
  localStorage.setItem("antiphon.language", "zh");
  expect(preferred()).toBe("zh");
  localStorage.removeItem("antiphon.language");
  expect(Object.keys(LANGUAGES)).toEqual(["en", "zh"]);
});

/** Attributes that a person reads or hears. */
const READ = new Set(["aria-label", "alt", "title", "placeholder", "label", "name", "what"]);

const OUR_NAME = "Antiphon";
/** An icon's name is which one it is; a field's is for the browser. */
const isPlainName = (node: ts.JsxAttribute) => node.name.getText() === "name" && /^(Icon|[a-z]+)$/.test(node.parent.parent.tagName.getText());

/** A capital and a word after it, or three small words in a row: a sentence, or nearly one. */
const SENTENCE = /\p{Lu}[\p{L}’']* \p{Ll}{2,}|(?<![\p{L}\d\-:.[\]/])\p{Ll}+ \p{Ll}{2,} \p{Ll}{2,}(?![\p{L}\d\-:[\]/])/u;
/** Classes, and what is typed into a shell: the same in every language. */
const UNREAD = new Set(["className", "command"]);

/** In `new Error("…")`, a broken promise of our own; beside a command's words, what else it is found by. */
function isForNobody(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isNewExpression(parent)) return parent.expression.getText() === "Error";
  if (ts.isPropertyAssignment(parent)) return parent.name.getText() === "also";
  if (ts.isJsxAttribute(parent)) return UNREAD.has(parent.name.getText());
  return (ts.isExpression(parent) || ts.isTemplateSpan(parent) || ts.isJsxExpression(parent)) && isForNobody(parent);
}

/** Words that stand in the source instead of in the catalogue. */
function spokenIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isJsxText(node) && /\p{L}{2}/u.test(node.text) && node.text.trim() !== OUR_NAME) found.push(node.text.trim());
    if (ts.isJsxAttribute(node) && !isPlainName(node) && READ.has(node.name.getText()) && node.initializer && ts.isStringLiteral(node.initializer)) {
      if (/\p{L}{2}/u.test(node.initializer.text)) found.push(node.initializer.text);
    }
    const literal = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
    if (literal && SENTENCE.test(node.text) && !isForNobody(node)) found.push(node.text);
    ts.forEachChild(node, look);
  };
  look(source);
  return found.filter((text) => !NO_SENTENCES.has(text));
}

/** The tags that Markdown may use; what the practice agent is asked, which it knows in English. */
const NO_SENTENCES = new Set<string>([
  "think then plan",
  "a b blockquote br code del em h1 h2 h3 h4 h5 h6 hr i img kbd li mark ol p pre s strong sub sup",
  " table tbody td th thead tr u ul",
]);

const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
  (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$|^(words|testing)\/|^protocol\.ts$/.test(file),
);

test("a sentence is told from what only looks like one", () => {
  const said = ["The server answered ", "Is it running?", " (before the change)", "and said no more."];
  const unsaid = ["flex min-w-0 truncate px-2", "Content-Type", "M12 8v5M12 16.5v.01", "a.b c", "relative flex pt-2"];
  expect([...said, ...unsaid].filter((text) => SENTENCE.test(text))).toEqual(said);
});

test.each(sources)("%s says nothing that has no translation", (file) => {
  expect(spokenIn(`src/${file}`)).toEqual([]);
});
