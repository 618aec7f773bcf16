import { Suspense, useEffect, useState } from "react";
import { followKeys } from "../keys";
import { say } from "../words";
import { useClient } from "./client-context";
import { ErrorBoundary } from "./error-boundary";
import { ownCommands } from "./own-commands";
import { dialogPart } from "./part";
import { useCommands } from "./use-commands";

const Palette = dialogPart(async () => (await import("./palette")).Palette);
const KeysDialog = dialogPart(async () => (await import("./keys-dialog")).KeysDialog);

/** The page's own commands and keys, and the two dialogs that show them. */
export function PaletteHost() {
  const client = useClient();
  const [open, setOpen] = useState<"palette" | "keys">();
  useEffect(followKeys, []);
  useCommands(() => [
    { id: "palette", words: say("command.palette"), key: "mod+k", run: () => { setOpen((was) => (was === "palette" ? undefined : "palette")); } },
    ...ownCommands(client),
    { id: "keys", words: say("command.keys"), icon: "question", also: "keys shortcuts keyboard", key: "?", run: () => { setOpen("keys"); } },
  ]);
  if (!open) return null;
  const close = () => { setOpen(undefined); };
  return (
    <ErrorBoundary what={say("command.palette")}>
      <Suspense>{open === "palette" ? <Palette onClose={close} /> : <KeysDialog onClose={close} />}</Suspense>
    </ErrorBoundary>
  );
}
