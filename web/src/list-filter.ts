/** Which sessions a list shows. Pure. */

import type { SessionRow } from "./protocol";

export type Only = "running" | "waiting" | "queued" | "failed" | "unread" | "starred";

/** What is left out is no condition: `{}` is all sessions. */
export interface Filter {
  project?: string;
  provider?: string;
  only?: Only;
}

/** Whose sessions something is looked for in: what was said has no state. */
export type Scope = Pick<Filter, "project" | "provider">;

const RUNNING = new Set<SessionRow["state"]>(["running", "waiting", "stalled"]);
const FAILED = new Set<SessionRow["state"]>(["failed", "interrupted"]);

const HOLDS: Record<Only, (row: SessionRow) => boolean> = {
  running: ({ state }) => RUNNING.has(state),
  waiting: ({ state }) => state === "waiting",
  queued: ({ queued }) => (queued ?? 0) > 0,
  failed: ({ state }) => FAILED.has(state),
  unread: ({ unread }) => unread === true,
  starred: ({ starred }) => starred === true,
};

export const ONLY = Object.keys(HOLDS) as Only[];

/** A list's name: the project's id where there is no other condition. */
export function keyOf({ project, provider, only }: Filter): string {
  return [project ?? "*", provider && `@${provider}`, only].filter(Boolean).join(" ");
}

export function matches(row: SessionRow, { project, provider, only }: Filter): boolean {
  if (row.trashed) return false;
  if (project !== undefined && row.project !== project) return false;
  if (provider !== undefined && row.provider !== provider) return false;
  return only === undefined || HOLDS[only](row);
}

/**
 * The list's rows, the newest first. `next`: the cursor of its next page; what is older is another list's,
 * and would stand here with gaps.
 */
export function rowsOf(rows: ReadonlyMap<string, SessionRow>, filter: Filter, next?: string | null): SessionRow[] {
  const oldest = next ? Number.parseInt(next, 10) : NaN;
  return [...rows.values()]
    .filter((row) => matches(row, filter) && !(row.lastActivity < oldest))
    .sort((one, other) => other.lastActivity - one.lastActivity || (one.id < other.id ? 1 : -1));
}
