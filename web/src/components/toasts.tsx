import { useLayoutEffect } from "react";
import { useStore } from "../store";
import { dismiss, hostToasts, raiseToasts, toasts } from "../toasts";
import { say } from "../words";
import { IconButton } from "./button";

/** In the browser's top layer: a failure is seen above a dialog, too. */
export function Toasts() {
  const shown = useStore(toasts, (all) => all);
  useLayoutEffect(raiseToasts, [shown]);
  return (
    <div
      ref={hostToasts}
      popover="manual"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 top-[calc(0.75rem+env(safe-area-inset-top))] bottom-auto z-50 m-0 flex h-auto w-auto flex-col items-center gap-2 overflow-visible border-0 bg-transparent py-0 pr-[calc(1rem+env(safe-area-inset-right))] pl-[calc(1rem+env(safe-area-inset-left))] text-text"
    >
      {shown.map(({ id, message }) => (
        <div
          key={id}
          data-testid="toast"
          className="pointer-events-auto flex max-w-lg items-center gap-2 rounded-xl border border-line bg-raised py-1.5 pr-1.5 pl-4 shadow-lg"
        >
          <span className="min-w-0 wrap-anywhere">{message}</span>
          <IconButton icon="close" label={say("notice.dismiss")} size={14} onClick={() => { dismiss(id); }} />
        </div>
      ))}
    </div>
  );
}
