import { useSyncExternalStore } from "react";

/** Where the list fits beside the content; below it they take turns. */
const WIDE = "(min-width: 768px)";

function watch(listener: () => void): () => void {
  const query = window.matchMedia(WIDE);
  query.addEventListener("change", listener);
  return () => {
    query.removeEventListener("change", listener);
  };
}

export function useWide(): boolean {
  return useSyncExternalStore(watch, () => window.matchMedia(WIDE).matches);
}
