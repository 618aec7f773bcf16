import { useState } from "react";
import type { ApprovalRequested, ApprovalResolved, Option } from "../protocol";
import type { ApprovalCard } from "../session";
import { useStore } from "../store";
import { ApprovalFields, type FieldValues } from "./approval-fields";
import { Button } from "./button";
import { useClient } from "./client-context";
import { Icon, type IconName } from "./icons";
import { Markdown } from "./markdown";
import { UnsentCommand } from "./pending";
import { useSession } from "./session-context";
import { ToolBody } from "./tool-body";

const ICONS: Record<ApprovalRequested["kind"], IconName> = { permission: "shield", question: "question", plan: "list" };

/** The agent asks a person: what would be done, and the ways to answer. */
export function ApprovalView({ card }: { card: ApprovalCard }) {
  const { feed } = useSession();
  const { request, resolved } = card;
  const waits = useStore(feed.view, ({ state }) => state.approvals.some((one) => one.approval === request.approval));
  const open = waits && !resolved;
  return (
    <section
      data-testid="approval"
      data-approval={request.approval}
      data-open={open}
      aria-label={request.title}
      className={`overflow-hidden rounded-xl border ${open ? "border-warn/50" : "border-line"} bg-raised`}
    >
      <header className={`flex gap-2.5 px-3.5 py-2.5 ${open ? "bg-warn-soft" : ""}`}>
        <span className={`mt-px ${open ? "text-warn" : "text-dim"}`}>
          <Icon name={ICONS[request.kind]} size={17} />
        </span>
        <h4 className="min-w-0 flex-1 font-medium wrap-anywhere">{request.title}</h4>
      </header>
      {request.body && (
        <div className="max-h-96 overflow-y-auto border-t border-line px-3.5 py-2.5">
          <Markdown text={request.body} />
        </div>
      )}
      {open && request.content?.kind === "tool-call" && (
        <div className="border-t border-line">
          <ToolBody call={request.content} />
        </div>
      )}
      <footer className="border-t border-line px-3.5 py-2.5">
        {open ? <Choice request={request} /> : <Outcome request={request} resolved={resolved} />}
      </footer>
    </section>
  );
}

function Choice({ request }: { request: ApprovalRequested }) {
  const client = useClient();
  const { feed } = useSession();
  const [values, setValues] = useState<FieldValues>({});
  const [missing, setMissing] = useState(false);
  const given = useStore(client.outbox.pending, (all) =>
    all.find(({ command }) => command.type === "answer" && command.approval === request.approval),
  );
  const fields = request.fields ?? [];
  const answer = (option: Option) => {
    const refusal = option.kind?.startsWith("reject") ?? false;
    const empty = fields.some((field) => field.required && !values[field.id]?.length);
    setMissing(empty && !refusal);
    if (empty && !refusal) return;
    client.send({ type: "answer", session: feed.session, approval: request.approval, option: option.id, fields: values });
  };
  if (given) return <UnsentCommand pending={given} what="Your answer" />;
  return (
    <>
      <ApprovalFields fields={fields} values={values} onChange={setValues} />
      {missing && <p role="alert" className="mb-2 text-bad">Please fill in what is marked as needed.</p>}
      <div className="flex flex-wrap gap-2">
        {request.options.map((option, at) => (
          <Button
            key={option.id}
            look={lookOf(option, at)}
            testid={`approval-option-${option.kind ?? "answer"}`}
            data-option={option.id}
            className="!h-auto min-h-8 !whitespace-normal"
            onClick={() => {
              answer(option);
            }}
          >
            {option.label}
          </Button>
        ))}
      </div>
    </>
  );
}

function lookOf(option: Option, at: number): "primary" | "plain" | "danger" {
  if (option.kind?.startsWith("reject")) return "danger";
  return at === 0 ? "primary" : "plain";
}

const CLOSED_BY: Record<NonNullable<ApprovalResolved["by"]>, string> = {
  person: "Closed without an answer",
  "turn-ended": "Closed without an answer: the turn ended",
  agent: "Closed by the agent",
  server: "Closed without an answer: the server stopped",
};

function Outcome({ request, resolved }: { request: ApprovalRequested; resolved?: ApprovalResolved }) {
  const option = request.options.find((one) => one.id === resolved?.option);
  const refused = option?.kind?.startsWith("reject") ?? false;
  const by = resolved?.by && resolved.by !== "person" ? ` (by the ${resolved.by})` : "";
  const fields = Object.entries(resolved?.fields ?? {}).filter(([, value]) => value !== "" && value !== null);
  if (!resolved?.option) return <p className="text-dim">{resolved ? CLOSED_BY[resolved.by ?? "person"] : CLOSED_BY["turn-ended"]}</p>;
  return (
    <div data-testid="approval-outcome" className="flex gap-2 text-dim">
      <span className={refused ? "text-bad" : "text-good"}>
        <Icon name={refused ? "close" : "check"} size={15} />
      </span>
      <div className="min-w-0 wrap-anywhere">
        {(option?.label ?? resolved.option) + by}
        {fields.map(([id, value]) => (
          <div key={id}>
            {request.fields?.find((field) => field.id === id)?.label ?? id}: {Array.isArray(value) ? value.join(", ") : String(value)}
          </div>
        ))}
      </div>
    </div>
  );
}
