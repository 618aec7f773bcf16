import { Store, useStore } from "../store";

/** What the person unfolded or folded: rows out of sight are not kept, this is. */
const folds = new Store<Readonly<Record<string, boolean>>>({});

export function useFold(id: string, open: boolean): [boolean, () => void] {
  const chosen = useStore(folds, (all) => all[id]);
  const now = chosen ?? open;
  return [
    now,
    () => {
      folds.patch({ [id]: !now });
    },
  ];
}

/** As if the person had unfolded it. */
export function unfold(id: string): void {
  if (!folds.get()[id]) folds.patch({ [id]: true });
}
