import { useId, useLayoutEffect, useRef, type ReactNode, type SyntheticEvent } from "react";
import { raiseToasts } from "../toasts";
import { say } from "../words";
import { LiveRegions } from "./announcer";
import { IconButton } from "./button";
import { once } from "./once";

const WIDTHS = { narrow: "max-w-md", wide: "max-w-xl", broad: "max-w-3xl" };
const IN_THE_MIDDLE = "m-auto max-h-[min(40rem,92dvh)] w-[calc(100%-1.5rem)] rounded-2xl border";
// As high as the window: what is in it keeps clear of notches, on a phone to the left as well.
const AT_THE_SIDE = "m-0 ml-auto h-[var(--seen,100dvh)] max-h-none w-full max-w-none border-l pt-[env(safe-area-inset-top)] pr-[env(safe-area-inset-right)] pb-[env(safe-area-inset-bottom)] max-sm:pl-[env(safe-area-inset-left)] sm:w-[calc(28rem+env(safe-area-inset-right))]";

/** A modal dialog: the browser's own, so focus stays in it and Escape closes it, unless it is to `stay`. */
export function Dialog({ title, onClose, stay, children, footer, testid, wide = false, broad = false, side = false }: {
  title: string;
  onClose: () => void;
  /** Asked before it closes: whether it stays open, since closing would lose something. */
  stay?: () => boolean;
  children: ReactNode;
  footer?: ReactNode;
  testid?: string;
  wide?: boolean;
  broad?: boolean;
  /** Along the side, as high as the window; on a phone it is a screen of its own. */
  side?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const width = WIDTHS[broad ? "broad" : wide ? "wide" : "narrow"];
  const close = () => {
    if (!stay?.()) onClose();
  };
  const keep = (event: SyntheticEvent) => {
    if (stay?.()) event.preventDefault();
  };
  // Before what is in it looks how much room it has, or takes the focus.
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    raiseToasts();
    // Back to where somebody was, once it is gone: until then nothing else takes the focus.
    return () => {
      if (before instanceof HTMLElement) queueMicrotask(() => { before.focus(); });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      data-testid={testid}
      aria-labelledby={heading}
      onCancel={keep}
      onKeyDown={(event) => {
        if (event.key === "Escape") keep(event);
      }}
      onClose={() => {
        // A browser may close it without asking (a second Escape, the back gesture): it is opened again.
        if (stay?.()) dialog.current?.showModal();
        else onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) once(close)(event);
      }}
      className={`flex-col overflow-hidden border-line bg-raised p-0 text-[0.875rem] whitespace-normal text-text shadow-2xl backdrop:bg-black/35 open:flex ${side ? AT_THE_SIDE : `${IN_THE_MIDDLE} ${width}`}`}
    >
      <header className="flex items-center gap-2 border-b border-line py-2.5 pr-2.5 pl-5">
        <h2 id={heading} className="min-w-0 flex-1 truncate text-[0.9375rem] font-semibold">
          {title}
        </h2>
        <IconButton icon="close" label={say("dialog.close")} onClick={close} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
      <LiveRegions />
      {footer && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3 empty:hidden">{footer}</footer>}
    </dialog>
  );
}
