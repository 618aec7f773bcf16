import { Icon } from "./icons";

/** A text that is worth a look only sometimes. */
export function Folded({ name, text, className }: { name: string; text: string; className: string }) {
  return (
    <details className="group">
      <summary className="target flex w-fit list-none items-center gap-1.5 text-[0.8125rem] text-dim hover:text-text">
        {name}
        <span className="group-open:rotate-90"><Icon name="chevron" size={12} /></span>
      </summary>
      <pre tabIndex={0} aria-label={name} className={`overflow-auto font-mono text-xs leading-relaxed whitespace-pre-wrap wrap-anywhere ${className}`}>
        {text}
      </pre>
    </details>
  );
}
