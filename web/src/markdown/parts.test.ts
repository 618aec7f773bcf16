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

test("no part but the first begins with a block that has a margin above it", () => {
  const blocks = many(100).map((block, at) => (at % 12 < 2 ? html(at, at % 24 ? "h2" : "hr") : block));
  const parts = new Parts().of(blocks);
  const begins = parts.map(([first]) => (first?.kind === "html" ? first.html.slice(0, 3) : ""));
  expect(parts.length).toBeGreaterThan(3);
  expect(begins.slice(1)).not.toContain("<h2");
  expect(begins.slice(1)).not.toContain("<hr");
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
