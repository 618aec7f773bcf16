/** Two voices, one answering the other. */
export function Wordmark({ size = 22 }: { size?: number }) {
  return (
    <span className="inline-flex items-center gap-2 font-semibold tracking-tight">
      <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
        <path d="M5 7h14a4 4 0 0 1 4 4v1a4 4 0 0 1-4 4h-8l-6 5z" className="fill-accent" />
        <path d="M27 15v12l-5-4h-8a4 4 0 0 1-3.6-2.2L12.5 19H19a7 7 0 0 0 7-6.2c.6.6 1 1.4 1 2.2z" className="fill-accent opacity-45" />
      </svg>
      Antiphon
    </span>
  );
}
