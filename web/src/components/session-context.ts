import { createContext, use } from "react";
import type { Feed } from "../feed";
import type { ProviderInfo } from "../protocol";
import { say } from "../words";

/** The session that is shown. */
export interface ShownSession {
  feed: Feed;
  /** Provider id; empty while the session's row is not here yet. */
  provider: string;
  agent?: ProviderInfo;
  /** The project's folder; empty while it is not known. */
  folder: string;
}

export const SessionContext = createContext<ShownSession | undefined>(undefined);

export function useSession(): ShownSession {
  const shown = use(SessionContext);
  if (!shown) throw new Error("there is no session above this component");
  return shown;
}

/** What people call the agent. */
export function agentName(shown: ShownSession): string {
  return shown.agent?.name ?? (shown.provider || say("composer.the-agent"));
}

/** A path as people read it: relative where it lies in the project. */
export function shortPath(path: string, folder: string): string {
  return folder && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}
