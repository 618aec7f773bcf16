import { lazy, Suspense, useState } from "react";
import { say } from "../words";
import { IconButton } from "./button";
import type { IconName } from "./icons";

const AgainDialog = lazy(() => import("./prompt-again").then(({ AgainDialog }) => ({ default: AgainDialog })));
const ForkDialog = lazy(() => import("./prompt-again").then(({ ForkDialog }) => ({ default: ForkDialog })));
const RestoreDialog = lazy(() => import("./prompt-restore").then(({ RestoreDialog }) => ({ default: RestoreDialog })));

const ACTIONS = [
  { what: "again", icon: "edit", label: "again.action", Opened: AgainDialog },
  { what: "fork", icon: "fork", label: "fork.action", Opened: ForkDialog },
  { what: "restore", icon: "undo", label: "restore.action", Opened: RestoreDialog },
] as const satisfies { what: string; icon: IconName; label: string; Opened: unknown }[];

/** What can be done from an earlier prompt: ask it anew, go on from it, bring its files back. Quiet until they are looked for. */
export function PromptActions({ turn, running }: { turn: string; running: boolean }) {
  const [open, setOpen] = useState<string>();
  const close = () => { setOpen(undefined); };
  return (
    <span
      data-testid="prompt-actions"
      className="flex opacity-0 transition-opacity group-focus-within/prompt:opacity-100 group-hover/prompt:opacity-100 focus-within:opacity-100 pointer-coarse:opacity-100"
    >
      {ACTIONS.map(({ what, icon, label }) => (
        <IconButton
          key={what}
          icon={icon}
          label={say(label)}
          size={13}
          testid={`prompt-${what}`}
          disabled={running && what !== "again"}
          className="!size-7"
          onClick={() => { setOpen(what); }}
        />
      ))}
      <Suspense>
        {ACTIONS.map(({ what, Opened }) => open === what && <Opened key={what} turn={turn} onClose={close} />)}
      </Suspense>
    </span>
  );
}
