import { memo, useState } from "react";
import { Blocks, blocksOf, type Block } from "../markdown/blocks";
import { Parts, type Part } from "../markdown/parts";
import { say } from "../words";
import { CodeBlock } from "./code-block";

/** Characters shown of a very long text, until the person asks for all. */
const LONGEST = 250_000;

/** Markdown, also while it grows: blocks that are settled stay as they are, and none is made anew at its end. */
export function Markdown({ text, growing = false }: { text: string; growing?: boolean }) {
  const [all, setAll] = useState(false);
  const [grown] = useState(() => (growing ? new Blocks() : undefined));
  const shown = all || text.length <= LONGEST ? text : text.slice(0, LONGEST);
  return (
    <div className="prose">
      <PartList blocks={grown ? grown.update(shown, !growing) : blocksOf(shown)} />
      {shown.length < text.length && (
        <p>
          <button
            type="button"
            className="target text-accent underline underline-offset-2"
            onClick={() => {
              setAll(true);
            }}
          >
            {say("text.show-all", { n: text.length })}
          </button>
        </p>
      )}
    </div>
  );
}

function PartList({ blocks }: { blocks: readonly Block[] }) {
  const [parts] = useState(() => new Parts());
  return parts.of(blocks).map((part) => <PartView key={part[0]?.key} part={part} />);
}

const PartView = memo(function PartView({ part }: { part: Part }) {
  return (
    <div className="part">
      {part.map((block) => <BlockView key={block.key} block={block} />)}
    </div>
  );
});

const BlockView = memo(function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case "code":
      return <CodeBlock text={block.text} language={block.language} closed={block.closed} />;
    case "plain":
      return <div className="whitespace-pre-wrap">{block.text}</div>;
    case "table":
      return <div className="table-view" tabIndex={0} role="group" aria-label={say("code.table")} dangerouslySetInnerHTML={{ __html: block.html }} />;
    case "html":
      return <div dangerouslySetInnerHTML={{ __html: block.html }} />;
  }
});
