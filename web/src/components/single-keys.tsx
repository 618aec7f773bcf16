import { setSingleKeys } from "../keys";
import { say } from "../words";

/** WCAG 2.1.4: keys of a single character can be switched off. */
export function SingleKeys({ on }: { on: boolean }) {
  return (
    <label className="target flex cursor-pointer items-center gap-2.5 text-[0.8125rem]">
      <input type="checkbox" data-testid="single-keys" checked={on} onChange={(event) => { setSingleKeys(event.target.checked); }} className="size-4 accent-accent" />
      {say("keys.single")}
    </label>
  );
}
