import { expect, test } from "vitest";
import { Blocks, type Block } from "./blocks";
import { Parts } from "./parts";

const html = (key: number, tag = "p"): Block => ({ key, kind: "html", html: `<${tag}>${key}</${tag}>` });
const many = (count: number, tag?: string) => Array.from({ length: count }, (_, key) => html(key, tag));

test("parts hold all blocks in their order", () => {
  const blocks = many(100);
  const parts = new Parts().of(blocks);
  expect(parts.length).toBeGreaterThan(5);
  expect(parts.flat()).toEqual(blocks);
});

test("no part ends where margins would add up", () => {
  const quoted: Block = { key: 12, kind: "html", html: "<blockquote>\n<h3>Quoted</h3></blockquote>" };
  const blocks = many(100).map((block, at) => (at === 11 || at === 40 ? html(at, "hr") : at === 13 ? quoted : block));
  const [first, second, third] = new Parts().of(blocks);
  expect([first?.length, second?.[0]?.key, third?.[0]?.key]).toEqual([14, 14, 26]);
});

test("headings and lists alone are cut, too", () => {
  const blocks = many(100).map((block) => (block.key % 2 ? html(block.key, "ul") : html(block.key, "h3")));
  expect(new Parts().of(blocks).map(({ length }) => length)).toEqual([12, 12, 12, 12, 12, 12, 12, 12, 4]);
});

test("of a text that grows, only the last part becomes another one", () => {
  const text = Array.from({ length: 200 }, (_, at) => `Paragraph ${at}, *said*.`).join("\n\n");
  const blocks = new Blocks();
  const parts = new Parts();
  let before = parts.of(blocks.update(""));
  for (let to = 0; to <= text.length; to += 7) {
    const now = parts.of(blocks.update(text.slice(0, to)));
    expect(now.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
    expect(now.slice(0, before.length - 1).every((part, at) => part === before[at])).toBe(true);
    before = now;
  }
  expect(before.length).toBeGreaterThan(10);
});
