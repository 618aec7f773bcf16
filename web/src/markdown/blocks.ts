/**
 * Markdown that grows: only its unsettled tail is read again.
 *
 * A block is settled when another one follows it; settled blocks never change, so they are
 * rendered once. The tail's open marks (`**bold`) are closed by remend until their end arrives.
 */

import remend from "remend";
import { readTokens, renderToken, type Token } from "./render";

export type Block =
  | { key: number; kind: "html"; html: string }
  /** It scrolls within itself. */
  | { key: number; kind: "table"; html: string }
  | { key: number; kind: "code"; language: string; text: string; closed: boolean }
  /** A tail too long to be read again with each frame. */
  | { key: number; kind: "plain"; text: string };

/** Characters of an unsettled tail that are worth reading again with each frame. */
const LONGEST_TAIL = 16_000;

export class Blocks {
  #text = "";
  #settled: Block[] = [];
  #settledTo = 0;
  #shown: Block[] = [];
  #ended = false;

  /** The text so far; normally it grows, and anything else starts anew. `ended`: it is whole, and nothing is open. */
  update(source: string, ended = false): Block[] {
    const text = source.includes("\r") ? source.replace(/\r\n?/g, "\n") : source;
    if (text === this.#text && ended === this.#ended) return this.#shown;
    if (!text.startsWith(this.#text)) {
      this.#settled = [];
      this.#settledTo = 0;
    }
    this.#text = text;
    this.#ended = ended;
    this.#shown = sameBlocks(this.#shown, this.#read());
    return this.#shown;
  }

  #read(): Block[] {
    const tail = this.#text.slice(this.#settledTo);
    if (this.#ended) return this.#whole(readTokens(tail));
    if (tail.length > LONGEST_TAIL && !tail.includes("\n\n")) {
      return [...this.#settled, { key: this.#settledTo, kind: "plain", text: tail }];
    }
    const tokens = readTokens(tail);
    const last = tokens.findLastIndex(isSeen);
    const settled = tokens.slice(0, firstUnsettled(tokens, last));
    for (const token of settled) {
      this.#settled = add(this.#settled, blockOf(token, this.#settledTo, true));
      this.#settledTo += token.raw.length;
    }
    return this.#openBlocks(tokens.slice(settled.length, last + 1));
  }

  #whole(tokens: Token[]): Block[] {
    let key = this.#settledTo;
    return tokens.reduce((shown, token) => {
      const block = blockOf(token, key, true);
      key += token.raw.length;
      return add(shown, block);
    }, this.#settled);
  }

  #openBlocks(tokens: Token[]): Block[] {
    let key = this.#settledTo;
    return tokens.reduce((shown, token, at) => {
      const block = at < tokens.length - 1 ? blockOf(token, key, true) : openBlock(token, key);
      key += token.raw.length;
      return add(shown, block);
    }, this.#settled);
  }
}

/** The new list, with the very objects of the old one where they say the same: they are not drawn again. */
function sameBlocks(old: readonly Block[], fresh: Block[]): Block[] {
  return fresh.map((block, at) => {
    const known = old[at];
    return known && known !== block && isSame(known, block) ? known : block;
  });
}

function isSame(one: Block, other: Block): boolean {
  const fields = Object.keys(one) as (keyof Block)[];
  return fields.length === Object.keys(other).length && fields.every((field) => one[field] === other[field]);
}

const isSeen = (token: Token) => token.type !== "space";

/** A list goes on over an empty line: what follows must be a whole line before it is known to be none of its items. */
function firstUnsettled(tokens: Token[], last: number): number {
  const before = tokens.slice(0, Math.max(last, 0)).findLastIndex(isSeen);
  const mayGoOn = tokens[before]?.type === "list" && !tokens[last]?.raw.includes("\n");
  return mayGoOn ? before : Math.max(last, 0);
}

function openBlock(token: Token, key: number): Block | undefined {
  if (token.type === "code") return blockOf(token, key, isClosed(token.raw));
  if (token.raw.length > LONGEST_TAIL) return { key, kind: "plain", text: token.raw };
  const html = readTokens(remend(token.raw, { linkMode: "text-only" })).map(renderToken).join("");
  return { key, kind: token.type === "table" ? "table" : "html", html };
}

const known = new Map<string, Block[]>();
const KNOWN = 300;

/** The blocks of a text that will not change; what was read lately is not read again. */
export function blocksOf(text: string): Block[] {
  const found = known.get(text);
  if (found) return found;
  let key = 0;
  const blocks = readTokens(text).reduce<Block[]>((made, token) => {
    const block = blockOf(token, key, true);
    key += token.raw.length;
    return add(made, block);
  }, []);
  const oldest = known.keys().next();
  if (known.size >= KNOWN && !oldest.done) known.delete(oldest.value);
  known.set(text, blocks);
  return blocks;
}

function blockOf(token: Token, key: number, closed: boolean): Block | undefined {
  if (token.type === "space" || token.type === "def") return undefined;
  if (token.type === "code") return { key, kind: "code", language: languageOf(token), text: token.text as string, closed };
  return { key, kind: token.type === "table" ? "table" : "html", html: renderToken(token) };
}

function add(blocks: Block[], block: Block | undefined): Block[] {
  return block ? [...blocks, block] : blocks;
}

/** The first word after the fence. */
function languageOf(token: Token): string {
  const words = (token as { lang?: string }).lang ?? "";
  return (/^[\w+#.-]+/.exec(words)?.[0] ?? "").toLowerCase();
}

function isClosed(raw: string): boolean {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(raw)?.[1];
  if (!fence) return true; // indented code
  const end = raw.trimEnd().split("\n").slice(1).at(-1)?.trim() ?? "";
  return end.startsWith(fence) && end === fence.charAt(0).repeat(end.length);
}
