import { memo, useEffect, useState } from "react";
import { highlight, highlighted, type Piece } from "../markdown/highlight";
import { languageName } from "../markdown/languages";
import { prefer, reading } from "../reading";
import { useStore } from "../store";
import { say } from "../words";
import { IconButton } from "./button";
import { CopyButton } from "./copy-button";

/** Characters of a line that may be wider than the column: then it is worth offering to wrap it. */
const WIDE = 56;

/** Code: plain while its fence is open, coloured when it has closed. */
export const CodeBlock = memo(function CodeBlock({ text, language, closed }: {
  text: string;
  language: string;
  closed: boolean;
}) {
  const wrap = useStore(reading, (liked) => liked.wrap);
  const name = languageName(language) || say("code.plain");
  return (
    <div className="code" data-testid="code">
      <div className="flex h-8 items-center gap-0.5 pr-1 pl-3.5 text-xs text-faint">
        <span className="min-w-0 flex-1 truncate">{name}</span>
        {closed && (wrap || hasWideLine(text)) && (
          <IconButton
            icon="wrap"
            size={14}
            label={say("code.wrap")}
            testid="code-wrap"
            aria-pressed={wrap}
            className={`!size-7 ${wrap ? "!text-accent" : ""}`}
            onClick={() => { prefer({ wrap: !wrap }); }}
          />
        )}
        {closed && <CopyButton text={text} label={say("copy.code")} />}
      </div>
      <pre tabIndex={0} aria-label={say("code.label", { language: name })} className={wrap ? "wrapped" : undefined}>
        <code>{closed ? <Coloured text={text} language={language} /> : text}</code>
      </pre>
    </div>
  );
});

function hasWideLine(text: string): boolean {
  return text.length > WIDE && text.split("\n").some((line) => line.length > WIDE);
}

function Coloured({ text, language }: { text: string; language: string }) {
  const lines = useHighlight(text, language);
  if (!lines) return text;
  return lines.map((line, at) => (
    <span key={at}>
      {line.map((piece, part) => (
        <span key={part} className={piece.className}>
          {piece.text}
        </span>
      ))}
      {at < lines.length - 1 && "\n"}
    </span>
  ));
}

function useHighlight(text: string, language: string): Piece[][] | undefined {
  const [found, setFound] = useState<{ text: string; lines: Piece[][] }>();
  useEffect(() => {
    if (highlighted(text, language)) return;
    let wanted = true;
    const show = (lines: Piece[][] | undefined) => {
      if (wanted && lines) setFound({ text, lines });
    };
    // Colours that cannot be loaded are no loss: the code is there, plain.
    highlight(text, language).then(show, () => undefined);
    return () => {
      wanted = false;
    };
  }, [text, language]);
  return highlighted(text, language) ?? (found?.text === text ? found.lines : undefined);
}
