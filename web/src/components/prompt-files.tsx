import { useEffect, useState } from "react";
import { findFiles } from "../api";
import type { FileNames } from "../protocol";
import { say } from "../words";
import { Icon } from "./icons";
import { usePromptMenu, type PromptMenu } from "./prompt-menu";

/** Shown at a time: nobody reads more, one types on. */
const SHOWN = 12;

/** A file's name under way: what is between the last `@` and the caret. */
export interface Mention {
  /** Where its `@` stands. */
  at: number;
  typed: string;
}

/** The mention that the caret stands in, if it is one: an `@` after nothing or a space, and no space since. */
export function mentionAt(text: string, caret: number): Mention | undefined {
  const found = /(?:^|[\s(["'])@([^\s@]*)$/.exec(text.slice(0, caret));
  return found ? { at: caret - (found[1] ?? "").length - 1, typed: found[1] ?? "" } : undefined;
}

/** The text with the mention become a path, and where the caret goes. Paths with spaces are quoted. */
export function mentioned(text: string, { at, typed }: Mention, path: string): { text: string; caret: number } {
  const name = /\s/.test(path) ? `@"${path}"` : `@${path}`;
  const rest = text.slice(at + 1 + typed.length);
  const space = /^\s/.test(rest) ? "" : " ";
  return { text: text.slice(0, at) + name + space + rest, caret: at + name.length + 1 };
}

/** The project's files over the composer, while one is being named. */
export function useFileMenu(place: string, project: string | undefined, text: string, caret: number, pick: (text: string, caret: number) => void): PromptMenu {
  const mention = project ? mentionAt(text, caret) : undefined;
  const found = useFileNames(project, mention?.typed);
  const options = (mention && found?.files.map((path, at) => ({ id: String(at), path, shown: <Path path={path} /> }))) || [];
  return usePromptMenu({
    place,
    label: say("composer.files"),
    testid: "file-names",
    optionTestid: "file-name",
    options,
    typed: mention ? `${mention.at}@${mention.typed}` : "",
    onPick: ({ path }) => {
      if (!mention) return;
      const next = mentioned(text, mention, path);
      pick(next.text, next.caret);
    },
    foot: found?.more && say("composer.files.more"),
  });
}

function Path({ path }: { path: string }) {
  const cut = path.lastIndexOf("/") + 1;
  return (
    <>
      <Icon name="file" size={14} />
      <span className="min-w-0 truncate text-[0.8125rem]" title={path}>
        {path.slice(cut)} <span className="text-xs text-faint">{path.slice(0, cut).replace(/\/$/, "")}</span>
      </span>
    </>
  );
}

/** The latest answer; the one before stays while the next is on its way, so that nothing jumps. */
function useFileNames(project: string | undefined, typed: string | undefined): FileNames | undefined {
  const [found, setFound] = useState<{ project: string; names: FileNames }>();
  useEffect(() => {
    if (!project || typed === undefined) return;
    let wanted = true;
    void findFiles(project, typed, SHOWN).then((answer) => {
      if (wanted && answer.ok) setFound({ project, names: answer.value });
    });
    return () => {
      wanted = false;
    };
  }, [project, typed]);
  return typed !== undefined && found?.project === project ? found?.names : undefined;
}
