import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";
import { fetchFile, type Problem } from "../api";
import type { FilePart } from "../protocol";

export interface ShownFile {
  /** The first part; what it says of the file holds for all. */
  file?: FilePart;
  /** All parts that are loaded. */
  text: string;
  /** Where the next part begins; null: all of it is here. */
  next: number | null;
  problem?: Problem;
  more: () => void;
  reload: () => void;
}

interface Loaded {
  file?: FilePart;
  text: string;
  next: number | null;
  problem?: Problem;
}

/** A file and the parts of its text that were asked for; read again when `looks` grows, replaced when it has changed. */
export function useFile(project: string, path: string, looks: number): ShownFile {
  const [loaded, setLoaded] = useState<Loaded>({ text: "", next: null });
  const [attempt, setAttempt] = useState(0);
  const asking = useRef<number>(undefined);
  const load = useCallback(() => fetchFile(project, path), [project, path]);
  const take = useEffectEvent((file: FilePart) => {
    const { file: known } = loaded;
    if (known && known.modified === file.modified && known.size === file.size) {
      setLoaded((was) => ({ ...was, problem: undefined }));
    } else setLoaded({ file, text: file.text ?? "", next: file.next });
  });
  useEffect(() => {
    let wanted = true;
    void load().then((answer) => {
      if (!wanted) return;
      if (answer.ok) take(answer.value);
      else setLoaded((was) => ({ ...was, problem: answer.problem }));
    });
    return () => {
      wanted = false;
    };
  }, [load, looks, attempt]);
  const more = () => {
    const { next } = loaded;
    if (next === null || asking.current === next) return;
    asking.current = next;
    void fetchFile(project, path, next).then((answer) => {
      asking.current = undefined;
      setLoaded((was) => {
        if (was.next !== next) return was; // the file has changed
        if (!answer.ok) return { ...was, problem: answer.problem };
        return { ...was, text: was.text + (answer.value.text ?? ""), next: answer.value.next };
      });
    });
  };
  return { ...loaded, more, reload: () => { setAttempt(attempt + 1); } };
}
