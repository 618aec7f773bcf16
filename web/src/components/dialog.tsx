import { useEffect, useId, useRef, type ReactNode } from "react";
import { IconButton } from "./button";

/** A modal dialog: the browser's own, so focus stays in it and Escape closes it. */
export function Dialog({ title, onClose, children, footer, testid, wide = false }: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  testid?: string;
  wide?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      data-testid={testid}
      aria-labelledby={heading}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
      className={`m-auto max-h-[min(40rem,92dvh)] w-[calc(100%-1.5rem)] ${wide ? "max-w-xl" : "max-w-md"} flex-col overflow-hidden rounded-2xl border border-line bg-raised p-0 text-text shadow-2xl backdrop:bg-black/35 open:flex`}
    >
      <header className="flex items-center gap-2 border-b border-line py-2.5 pr-2.5 pl-5">
        <h2 id={heading} className="min-w-0 flex-1 truncate text-[0.9375rem] font-semibold">
          {title}
        </h2>
        <IconButton icon="close" label="Close" onClick={onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
      {footer && <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
    </dialog>
  );
}
