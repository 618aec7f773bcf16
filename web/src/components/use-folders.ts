import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { fetchFiles } from "../api";
import { above, withPage, type Folders } from "../tree";

export interface FolderTree {
  folders: Folders;
  open: ReadonlySet<string>;
  toggle: (path: string, open: boolean) => void;
  more: (path: string) => void;
}

/** The project's folders, each loaded when it is opened, and again when `looks` grows. The folders above `file` are open. */
export function useFolders(project: string, looks: number, file: string | undefined): FolderTree {
  const [folders, setFolders] = useState<Folders>(new Map());
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [revealed, setRevealed] = useState<string>();
  const asking = useRef(new Set<string>());
  const load = useCallback(
    async (path: string, offset = 0) => {
      if (asking.current.has(path)) return;
      asking.current.add(path);
      const answer = await fetchFiles(project, path, offset || undefined);
      asking.current.delete(path);
      setFolders((was) => {
        const known = was.get(path);
        const next = answer.ok ? withPage(known, answer.value, offset) : { entries: [], left: 0, next: null, ...known, problem: answer.problem };
        return new Map(was).set(path, next);
      });
    },
    [project],
  );
  const toggle = (path: string, opened: boolean) => {
    setOpen((was) => {
      const next = new Set(was);
      if (opened) next.add(path);
      else next.delete(path);
      return next;
    });
    if (opened) void load(path);
  };
  const refresh = useEffectEvent(() => {
    for (const path of ["", ...open]) void load(path);
  });
  useEffect(() => {
    refresh();
  }, [looks]);
  if (file !== revealed) {
    setRevealed(file);
    setOpen(new Set([...open, ...above(file ?? "")]));
  }
  useEffect(() => {
    for (const path of above(file ?? "")) void load(path);
  }, [file, load]);
  return { folders, open, toggle, more: (path) => void load(path, folders.get(path)?.next ?? 0) };
}
