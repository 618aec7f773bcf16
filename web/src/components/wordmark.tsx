/** Two voices, one answering the other. */
export function Wordmark({ size = 22 }: { size?: number }) {
  return (
    <span className="inline-flex items-center gap-2 font-semibold tracking-tight">
      <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
        <path d="M6 4h15a4 4 0 0 1 4 4v4a4 4 0 0 1-4 4h-9l-6 5z" className="fill-accent" />
        <path d="M27 12v16l-6-5h-7a4 4 0 0 1-3.5-2l2.5-2h8a7 7 0 0 0 6-7z" className="fill-accent opacity-45" />
      </svg>
      Antiphon
    </span>
  );
}
