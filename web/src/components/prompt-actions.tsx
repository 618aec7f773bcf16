import { Suspense, useEffect } from "react";
import { linkTo } from "../copy";
import { promptDialog, type PromptDialog } from "../prompt-dialogs";
import { useStore } from "../store";
import { say } from "../words";
import { IconButton } from "./button";
import { CopyButton } from "./copy-button";
import type { IconName } from "./icons";
import { dialogPart } from "./part";
import { useSession } from "./session-context";

const AgainDialog = dialogPart(async () => (await import("./prompt-again")).AgainDialog);
const ForkDialog = dialogPart(async () => (await import("./prompt-again")).ForkDialog);
const RestoreDialog = dialogPart(async () => (await import("./prompt-restore")).RestoreDialog);

const ACTIONS = [
  { what: "again", icon: "edit", label: "again.action", Opened: AgainDialog },
  { what: "fork", icon: "fork", label: "fork.action", Opened: ForkDialog },
  { what: "restore", icon: "undo", label: "restore.action", Opened: RestoreDialog },
] as const satisfies { what: PromptDialog["what"]; icon: IconName; label: string; Opened: unknown }[];

/** In a line of small words: the target is larger than the line. */
const SMALL = "!size-7 -my-1.5 pointer-coarse:!size-11 pointer-coarse:-my-3.5";

/** What can be done with an earlier prompt: copy it, ask it anew, go on from it, bring its files back. Quiet until looked for. */
export function PromptActions({ turn, text, running }: { turn: string; text: string; running: boolean }) {
  const { feed } = useSession();
  return (
    <span
      data-testid="prompt-actions"
      className="flex opacity-0 transition-opacity group-focus-within/prompt:opacity-100 group-hover/prompt:opacity-100 focus-within:opacity-100 pointer-coarse:opacity-100"
    >
      <CopyButton text={text} label={say("copy.prompt")} testid="copy-prompt" className={SMALL} />
      <CopyButton text={() => linkTo(feed.session, { turn })} label={say("copy.link.turn")} icon="link" testid="link-turn" className={SMALL} />
      {ACTIONS.map(({ what, icon, label }) => (
        <IconButton
          key={what}
          icon={icon}
          label={say(label)}
          size={14}
          testid={`prompt-${what}`}
          disabled={running && what !== "again"}
          className={SMALL}
          onClick={() => { promptDialog.set({ what, turn }); }}
        />
      ))}
    </span>
  );
}

/** What was opened for a prompt of this session; gone with the session. */
export function PromptDialogs() {
  const open = useStore(promptDialog, (value) => value);
  useEffect(() => close, []);
  const Opened = ACTIONS.find(({ what }) => what === open?.what)?.Opened;
  return <Suspense>{open && Opened && <Opened turn={open.turn} onClose={close} />}</Suspense>;
}

function close(): void {
  promptDialog.set(undefined);
}
