import { memo, useState } from "react";
import { Blocks, blocksOf, type Block } from "../markdown/blocks";
import { CodeBlock } from "./code-block";

/** Characters shown of a very long text, until the person asks for all. */
const LONGEST = 250_000;

/** Markdown, also while it grows: blocks that are settled stay as they are. */
export function Markdown({ text, growing = false }: { text: string; growing?: boolean }) {
  const [all, setAll] = useState(false);
  const shown = all || text.length <= LONGEST ? text : text.slice(0, LONGEST);
  return (
    <div className="prose">
      {growing ? <Growing text={shown} /> : <BlockList blocks={blocksOf(shown)} />}
      {shown.length < text.length && (
        <p>
          <button
            type="button"
            className="target text-accent underline underline-offset-2"
            onClick={() => {
              setAll(true);
            }}
          >
            Show all {text.length.toLocaleString()} characters
          </button>
        </p>
      )}
    </div>
  );
}

function Growing({ text }: { text: string }) {
  const [blocks] = useState(() => new Blocks());
  return <BlockList blocks={blocks.update(text)} />;
}

function BlockList({ blocks }: { blocks: Block[] }) {
  return blocks.map((block) => <BlockView key={block.key} block={block} />);
}

const BlockView = memo(function BlockView({ block }: { block: Block }) {
  if (block.kind === "code") return <CodeBlock text={block.text} language={block.language} closed={block.closed} />;
  if (block.kind === "plain") return <div className="whitespace-pre-wrap">{block.text}</div>;
  return <div dangerouslySetInnerHTML={{ __html: block.html }} />;
});
