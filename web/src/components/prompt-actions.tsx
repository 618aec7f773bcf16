import { linkTo } from "../copy";
import { say } from "../words";
import { CopyButton } from "./copy-button";
import { useSession } from "./session-context";

/** What can be done with a prompt: it stands beside its time, and shows where the pointer or the focus is. */
export function PromptActions({ turn, text }: { turn: string; text: string }) {
  const { feed } = useSession();
  return (
    <span className="flex opacity-0 group-focus-within/prompt:opacity-100 group-hover/prompt:opacity-100 pointer-coarse:opacity-100">
      <CopyButton text={text} label={say("copy.prompt")} testid="copy-prompt" className={SMALL} />
      <CopyButton text={() => linkTo(feed.session, { turn })} label={say("copy.link.turn")} icon="link" testid="link-turn" className={SMALL} />
    </span>
  );
}

/** In a line of small words: the target is larger than the line. */
const SMALL = "!size-7 -my-1.5 pointer-coarse:!size-11 pointer-coarse:-my-3.5";
