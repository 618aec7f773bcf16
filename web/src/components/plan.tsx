import type { Plan } from "../protocol";
import { say } from "../words";
import { Icon } from "./icons";

const WORDS = { pending: "plan.to-do", running: "plan.under-way", completed: "plan.done" } as const;

/** What the agent means to do, as a checklist. */
export function PlanView({ plan }: { plan: Plan }) {
  const entries = plan.entries ?? [];
  const done = entries.filter((entry) => entry.status === "completed").length;
  return (
    <section aria-label={say("plan.label")} className="rounded-xl border border-line px-3.5 py-2.5">
      <p className="flex items-center gap-2 text-[0.8125rem] font-medium text-dim">
        <Icon name="list" size={15} /> {say("plan.label")}
        <span className="font-normal text-faint">{say("plan.progress", { done, all: entries.length })}</span>
      </p>
      <ol className="mt-1.5 space-y-1">
        {entries.map((entry, at) => (
          <li key={at} className="flex gap-2.5">
            <Mark status={entry.status ?? "pending"} />
            <span className={`min-w-0 wrap-anywhere ${entry.status === "completed" ? "text-dim" : entry.status === "running" ? "font-medium" : ""}`}>
              {entry.text}
              <span className="sr-only"> ({say(WORDS[entry.status ?? "pending"])})</span>
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
