import type { ApprovalRequested, ApprovalResolved } from "../protocol";
import { say } from "../words";
import { isRefusal, OptionLabel } from "./approval-options";
import { Icon } from "./icons";

/** An approval that waits no more: one line, and what was filled in. `elsewhere`: somebody saw it open here, and answered there. */
export function Outcome({ request, resolved, elsewhere = false }: {
  request: ApprovalRequested;
  resolved?: ApprovalResolved | null;
  elsewhere?: boolean;
}) {
  const option = request.options.find((one) => one.id === resolved?.option);
  const chosen = resolved?.option ? (option?.label ?? resolved.option) : undefined;
  const allowed = chosen !== undefined && !(option && isRefusal(option));
  const by = resolved?.by ?? "person";
  const who = chosen && (by !== "person" ? say(`approvals.by.${by}`) : elsewhere && say("approvals.elsewhere"));
  const fields = Object.entries(resolved?.fields ?? {}).filter(([, value]) => value !== "" && value !== null);
  return (
    <div data-testid="approval" data-approval={request.approval} data-open={false} className="flex gap-2.5 px-3 text-[0.8125rem] text-dim">
      <span className={`mt-0.5 ${allowed ? "text-good" : "text-faint"}`}>
        <Icon name={allowed ? "check" : "close"} size={15} />
      </span>
      <div data-testid="approval-outcome" className="min-w-0 wrap-anywhere">
        {request.title}: <span className="text-text">{option ? <OptionLabel option={option} /> : (chosen ?? say(`approvals.closed.${resolved ? by : "turn-ended"}`))}</span>
        {who && ` ${who}`}
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
