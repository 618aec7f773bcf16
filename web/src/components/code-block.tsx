import { memo, useEffect, useState } from "react";
import { highlight, highlighted, type Piece } from "../markdown/highlight";
import { CopyButton } from "./copy-button";

/** Code: plain while its fence is open, coloured when it has closed. */
export const CodeBlock = memo(function CodeBlock({ text, language, closed }: {
  text: string;
  language: string;
  closed: boolean;
}) {
  return (
    <div className="code">
      <div className="flex h-8 items-center justify-between pr-1 pl-3.5 text-xs text-faint">
        <span>{language || "text"}</span>
        {closed && <CopyButton text={text} label="Copy code" />}
      </div>
      <pre tabIndex={0} aria-label={`Code, ${language || "text"}`}>
        <code>{closed ? <Coloured text={text} language={language} /> : text}</code>
      </pre>
    </div>
  );
});

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
