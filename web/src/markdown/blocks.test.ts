import { describe, expect, test } from "vitest";
import { dice } from "../testing/history";
import { Blocks, blocksOf, type Block } from "./blocks";

const TEXT = `# Result

Here is a **bold** word, \`code\`, and a [link](https://example.org/a_b).

- one
  - nested
- two

1. first

   its second paragraph

2. second

| a | b |
|---|--:|
| 1 | 2 |

> quoted
> lines

\`\`\`python
def f():

    return "x"
\`\`\`

Setext
------

Last words, not *closed
`;

/** What is shown, without keys. */
const shown = (blocks: Block[]) => blocks.map((block) => ({ ...block, key: undefined }));

/** The text grown in pieces as they stream in. */
function grow(text: string, seed: number): Block[] {
  const roll = dice(seed);
  const blocks = new Blocks();
  let made: Block[] = [];
  for (let at = 0; at < text.length; ) {
    at += 1 + roll(12);
    made = blocks.update(text.slice(0, at));
  }
  return made;
}

describe("markdown that grew in pieces looks like markdown read at once: nothing moves when a turn ends", () => {
  test.each(Array.from({ length: 30 }, (_, seed) => seed))("cut by seed %i", (seed) => {
    // Closed, so that remend has nothing to add at the end.
    const text = TEXT.replace("not *closed", "now *closed*");
    expect(shown(grow(text, seed))).toEqual(shown(blocksOf(text)));
  });
});

test("settled blocks stay the very same objects while the tail grows", () => {
  const blocks = new Blocks();
  const first = blocks.update("One.\n\nTwo.\n\nThr")[0];
  const later = blocks.update("One.\n\nTwo.\n\nThree, and m")[0];
  expect(later).toBe(first);
});

test("at its end nothing that was drawn is drawn again, and what was closed for it is shown as it is", () => {
  const blocks = new Blocks();
  const before = blocks.update("One.\n\n| a |\n|---|\n| 1 |\n\nTwo, **and mo");
  const after = blocks.update("One.\n\n| a |\n|---|\n| 1 |\n\nTwo, **and mo", true);
  expect(after[0]).toBe(before[0]);
  expect(after[1]).toBe(before[1]);
  expect(after[1]?.kind).toBe("table");
  expect(after[2]).toMatchObject({ html: "<p>Two, **and mo</p>\n" });
  const settled = blocks.update("One.\n\nTwo.", true);
  expect(blocks.update("One.\n\nTwo.", true)).toBe(settled);
});

test("open marks are closed while they are open", () => {
  const [block] = new Blocks().update("some **bold wor");
  expect(block).toMatchObject({ html: "<p>some <strong>bold wor</strong></p>\n" });
});

test("a fence is plain until it closes, and then knows its language", () => {
  const blocks = new Blocks();
  expect(blocks.update("```ts\nconst a = 1;\n")[0]).toMatchObject({ kind: "code", language: "ts", closed: false });
  expect(blocks.update("```ts\nconst a = 1;\n```")[0]).toMatchObject({ text: "const a = 1;", closed: true });
});

test("a longer fence is not closed by a shorter one inside it", () => {
  const [block] = new Blocks().update("````\n```\nx\n```\n");
  expect(block).toMatchObject({ kind: "code", closed: false });
});

test("lines that end as on Windows are the same text", () => {
  const text = TEXT.replace("not *closed", "now *closed*");
  expect(shown(grow(text.replaceAll("\n", "\r\n"), 1))).toEqual(shown(blocksOf(text)));
});

test("a text that was replaced is read anew", () => {
  const blocks = new Blocks();
  blocks.update("One.\n\nTwo.");
  expect(shown(blocks.update("Other."))).toEqual(shown(blocksOf("Other.")));
});

test("a tail too long to be read with each frame is shown plain until it settles", () => {
  const blocks = new Blocks();
  const line = "words ".repeat(10_000);
  expect(blocks.update(line)).toEqual([{ key: 0, kind: "plain", text: line }]);
  expect(blocks.update(`${line}\n\nNext.\n`).map(({ kind }) => kind)).toEqual(["html", "html"]);
});
