import { useState } from "react";
import type { ApprovalCard, ApprovalRequested, ApprovalResolved, Option } from "../protocol";
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
  if (!open) return <Outcome request={request} resolved={resolved} />;
  return (
    <section
      data-testid="approval"
      data-approval={request.approval}
      data-open
      aria-label={request.title}
      className="overflow-hidden rounded-xl border border-warn/50 bg-raised"
    >
      <header className="flex gap-2.5 bg-warn-soft px-3.5 py-2.5">
        <span className="mt-px text-warn">
          <Icon name={ICONS[request.kind]} size={17} />
        </span>
        <p className="min-w-0 flex-1 font-medium wrap-anywhere">{request.title}</p>
      </header>
      {request.body && (
        <div className="max-h-96 overflow-y-auto border-t border-line px-3.5 py-2.5">
          <Markdown text={request.body} />
        </div>
      )}
      {request.content?.kind === "tool-call" && (
        <div className="border-t border-line">
          <ToolBody call={request.content} />
        </div>
      )}
      <footer className="border-t border-line px-3.5 py-2.5">
        <Choice request={request} />
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
  person: "closed without an answer",
  "turn-ended": "not answered: the turn ended",
  agent: "closed by the agent",
  server: "not answered: the server stopped",
};

/** An approval that waits no more: one line, and what was filled in. */
function Outcome({ request, resolved }: { request: ApprovalRequested; resolved?: ApprovalResolved | null }) {
  const option = request.options.find((one) => one.id === resolved?.option);
  const chosen = resolved?.option ? (option?.label ?? resolved.option) : undefined;
  const refused = !chosen || (option?.kind?.startsWith("reject") ?? false);
  const by = resolved?.by ?? "person";
  const who = chosen && by !== "person" ? ` (by the ${by})` : "";
  const fields = Object.entries(resolved?.fields ?? {}).filter(([, value]) => value !== "" && value !== null);
  return (
    <div data-testid="approval" data-approval={request.approval} data-open={false} className="flex gap-2.5 px-3 text-[0.8125rem] text-dim">
      <span className={`mt-0.5 ${chosen && !refused ? "text-good" : "text-faint"}`}>
        <Icon name={chosen && !refused ? "check" : "close"} size={15} />
      </span>
      <div data-testid="approval-outcome" className="min-w-0 wrap-anywhere">
        {request.title}: <span className="text-text">{chosen ?? CLOSED_BY[resolved ? by : "turn-ended"]}</span>
        {who}
        {fields.map(([id, value]) => (
          <div key={id}>
            {request.fields?.find((field) => field.id === id)?.label ?? id}{" "}
            <span className="text-text">{Array.isArray(value) ? value.join(", ") : String(value)}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
