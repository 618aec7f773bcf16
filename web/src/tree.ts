/** A tree of folders as the flat list of rows that is shown. Pure. */

import type { Problem } from "./api";
import type { FileEntry, FilesPage } from "./protocol";

export interface Folder {
  entries: readonly FileEntry[];
  /** Entries that are not loaded. */
  left: number;
  next: number | null;
  problem?: Problem;
}

export type TreeRow =
  | { kind: "entry"; path: string; entry: FileEntry; depth: number; open: boolean }
  /** What stands below an open folder in place of entries, or after them. */
  | { kind: "loading" | "empty" | "more"; path: string; depth: number; left: number }
  | { kind: "problem"; path: string; depth: number; problem: Problem };

export type Folders = ReadonlyMap<string, Folder>;

export const below = (folder: string, name: string): string => (folder ? `${folder}/${name}` : name);

/** All that is in sight: the entries of open folders, each below its own. */
export function rowsOf(folders: Folders, open: ReadonlySet<string>, path = "", depth = 0): TreeRow[] {
  const folder = folders.get(path);
  if (!folder) return [{ kind: "loading", path, depth, left: 0 }];
  const rows: TreeRow[] = folder.entries.flatMap((entry) => {
    const own = below(path, entry.name);
    const opened = entry.kind === "folder" && open.has(own);
    const row: TreeRow = { kind: "entry", path: own, entry, depth, open: opened };
    return opened ? [row, ...rowsOf(folders, open, own, depth + 1)] : [row];
  });
  if (folder.problem) rows.push({ kind: "problem", path, depth, problem: folder.problem });
  else if (folder.left) rows.push({ kind: "more", path, depth, left: folder.left });
  else if (!folder.entries.length) rows.push({ kind: "empty", path, depth, left: 0 });
  return rows;
}

/** The folder with another page: the first one makes it anew, a later one adds to it. */
export function withPage(folder: Folder | undefined, page: FilesPage, offset: number): Folder {
  const entries = offset && folder ? [...folder.entries, ...page.entries] : page.entries;
  return { entries, left: Math.max(0, page.total - entries.length), next: page.next };
}

/** The folders that a file lies in, from the top: `a/b/c.py` → `["a", "a/b"]`. */
export function above(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
}

/** Lines named in an address's `#L10` or `#L10-L20`. */
export function linesIn(hash: string): { from: number; to: number } | undefined {
  const found = /^#L(\d{1,7})(?:-L?(\d{1,7}))?$/.exec(hash);
  if (!found) return undefined;
  const [from, to] = [Number(found[1]), Number(found[2] ?? found[1])];
  return { from: Math.min(from, to), to: Math.max(from, to) };
}
