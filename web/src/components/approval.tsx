import { useState } from "react";
import type { ApprovalCard, ApprovalRequested, Option } from "../protocol";
import { useStore } from "../store";
import { ApprovalFields, missingIn, type FieldValues } from "./approval-fields";
import { useOptionKeys } from "./approval-keys";
import { Outcome } from "./approval-outcome";
import { isRefusal, OptionButton, ReasonField } from "./approval-options";
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
  if (!waits || resolved) return <Outcome request={request} resolved={resolved} />;
  const height = request.kind === "plan" ? "max-h-[55dvh]" : "max-h-96";
  return (
    <section
      data-testid="approval"
      data-approval={request.approval}
      data-kind={request.kind}
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
        <div tabIndex={0} role="group" aria-label="What it says" className={`${height} overflow-y-auto border-t border-line px-3.5 py-2.5`}>
          <Markdown text={request.body} />
        </div>
      )}
      {request.content?.kind === "tool-call" && (
        <div className="max-h-[55dvh] overflow-y-auto border-t border-line">
          <ToolBody call={request.content} />
        </div>
      )}
      <footer className="border-t border-line px-3.5 py-2.5">
        <Choice request={request} />
      </footer>
    </section>
  );
}

/** The field for a word to the agent with a refusal (questions have fields of their own). */
const REASON = "message";

function Choice({ request }: { request: ApprovalRequested }) {
  const client = useClient();
  const { feed } = useSession();
  const [values, setValues] = useState<FieldValues>({});
  const [missing, setMissing] = useState(false);
  const given = useStore(client.outbox.pending, (all) =>
    all.find(({ command }) => command.type === "answer" && command.approval === request.approval),
  );
  const all = request.fields ?? [];
  const reason = request.kind === "question" ? undefined : all.find((field) => field.id === REASON && !field.choices?.length);
  const fields = all.filter((field) => field !== reason);
  const { [REASON]: word = "", ...filled } = values;
  const said = typeof word === "string" ? word.trim() : "";
  const answer = (option: Option) => {
    const refusal = isRefusal(option);
    const empty = !refusal && missingIn(fields, values);
    setMissing(empty);
    if (empty) return;
    // A word for a refusal says nothing to one who is allowed to go on.
    const told = !reason ? values : refusal && said ? { ...filled, [REASON]: said } : filled;
    client.send({ type: "answer", session: feed.session, approval: request.approval, option: option.id, fields: told });
  };
  const keys = useOptionKeys(request, given ? undefined : answer);
  if (given) return <UnsentCommand pending={given} what="Your answer" />;
  const options = request.options.map((option, at) => ({ option, at }));
  const refusals = reason ? options.filter(({ option }) => isRefusal(option)) : [];
  const others = reason ? options.filter(({ option }) => !isRefusal(option)) : options;
  const button = ({ option, at }: { option: Option; at: number }) => (
    <OptionButton key={option.id} option={option} first={at === 0} hint={keys ? at + 1 : undefined} onChoose={() => { answer(option); }} />
  );
  const [refuse] = refusals;
  return (
    <>
      <ApprovalFields fields={fields} title={request.title} values={values} onChange={setValues} />
      {missing && <p role="alert" className="mb-2 text-bad">Please fill in what is marked as needed.</p>}
      <div className="flex flex-wrap items-stretch gap-2">{others.map(button)}</div>
      {reason && refuse && (
        <div className="mt-2 flex flex-wrap items-end gap-2 border-t border-line pt-2.5">
          <ReasonField
            label={reason.label}
            value={typeof word === "string" ? word : ""}
            onChange={(text) => { setValues({ ...filled, [REASON]: text }); }}
            onEnter={() => { answer(refuse.option); }}
          />
          {refusals.map(button)}
        </div>
      )}
    </>
  );
}
