import { useEffect, useState } from "react";
import type { ChangeData, HunkData, HunkTokens, TokenNode } from "react-diff-view";
import { languageOf } from "../changes";
import { highlight, type Piece } from "../markdown/highlight";

type Side = keyof HunkTokens;

/** The lines' colours, as soon as they are known. A hunk is read by itself: what began before it is not seen. */
export function useColours(path: string, hunks: HunkData[]): HunkTokens | undefined {
  const [found, setFound] = useState<{ hunks: HunkData[]; tokens: HunkTokens }>();
  useEffect(() => {
    let wanted = true;
    const show = (tokens: HunkTokens | undefined) => {
      if (wanted && tokens) setFound({ hunks, tokens });
    };
    // Colours that cannot be loaded are no loss: the lines are there, plain.
    colours(path, hunks).then(show, () => undefined);
    return () => {
      wanted = false;
    };
  }, [path, hunks]);
  return found?.hunks === hunks ? found.tokens : undefined;
}

async function colours(path: string, hunks: HunkData[]): Promise<HunkTokens | undefined> {
  const tokens: HunkTokens = { old: [], new: [] };
  let any = false;
  for (const hunk of hunks) {
    for (const side of ["old", "new"] as const) {
      const lines = hunk.changes.filter(({ type }) => type !== (side === "old" ? "insert" : "delete"));
      const pieces = await highlight(lines.map(({ content }) => content).join("\n"), languageOf(path));
      lines.forEach((change, at) => {
        tokens[side][numberOf(change, side) - 1] = (pieces?.[at] ?? [{ text: change.content }]).map(tokenOf);
      });
      any ||= pieces !== undefined;
    }
  }
  return any ? tokens : undefined;
}

function numberOf(change: ChangeData, side: Side): number {
  if (change.type !== "normal") return change.lineNumber;
  return side === "old" ? change.oldLineNumber : change.newLineNumber;
}

function tokenOf({ text, className }: Piece): TokenNode {
  return className ? { type: "span", className, children: [{ type: "text", value: text }] } : { type: "text", value: text };
}
