import type { Plan } from "../protocol";
import { Icon } from "./icons";

const WORDS = { pending: "to do", running: "under way", completed: "done" };

/** What the agent means to do, as a checklist. */
export function PlanView({ plan }: { plan: Plan }) {
  const entries = plan.entries ?? [];
  const done = entries.filter((entry) => entry.status === "completed").length;
  return (
    <section aria-label="Plan" className="rounded-xl border border-line px-3.5 py-2.5">
      <p className="flex items-center gap-2 text-[0.8125rem] font-medium text-dim">
        <Icon name="list" size={15} /> Plan
        <span className="font-normal text-faint">
          {done} of {entries.length}
        </span>
      </p>
      <ol className="mt-1.5 space-y-1">
        {entries.map((entry, at) => (
          <li key={at} className="flex gap-2.5">
            <Mark status={entry.status ?? "pending"} />
            <span className={entry.status === "completed" ? "text-dim" : ""}>
              {entry.text}
              <span className="sr-only"> ({WORDS[entry.status ?? "pending"]})</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Mark({ status }: { status: "pending" | "running" | "completed" }) {
  if (status === "completed") return <span className="mt-0.5 text-good"><Icon name="check" size={15} /></span>;
  const ring = status === "running" ? "border-accent bg-accent-soft" : "border-line";
  return <span className={`mt-[3px] ml-px size-[13px] shrink-0 rounded-full border-2 ${ring}`} />;
}
