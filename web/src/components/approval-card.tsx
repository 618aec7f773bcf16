import { useEffect, useRef, useState, type ReactNode, type RefObject } from "react";
import { missingIn, NOTHING, useFilling, valuesOf } from "../filling";
import type { ApprovalRequested, Option } from "../protocol";
import { useStill } from "../still";
import { useStore } from "../store";
import { say } from "../words";
import { ApprovalFields } from "./approval-fields";
import { useOptionKeys } from "./approval-keys";
import { isRefusal, OptionButton, ReasonField } from "./approval-options";
import { useClient } from "./client-context";
import { ErrorBoundary } from "./error-boundary";
import { Icon, type IconName } from "./icons";
import { Markdown } from "./markdown";
import { UnsentCommand } from "./pending";
import { ToolBody } from "./tool-body";

/** Frames in which a card that somebody came for can take the focus. */
const FRAMES = 60;
const ICONS: Record<ApprovalRequested["kind"], IconName> = { permission: "shield", question: "question", plan: "list" };

interface OpenApprovalProps {
  session: string;
  request: ApprovalRequested;
  /** The keys 1 … 9 are this card's. */
  keys: boolean;
  /** Somebody came for this one: it takes the focus. */
  wanted?: boolean;
  /** Where it stands, above what is asked. */
  children?: ReactNode;
}

/** The agent asks a person: what would be done, and the ways to answer. */
export function OpenApproval({ session, request, keys, wanted = false, children }: OpenApprovalProps) {
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!wanted) return;
    // After the composer, which takes the focus where it is shown anew; a row of the list can take it once it is measured.
    let frames = FRAMES;
    let next = requestAnimationFrame(function take() {
      card.current?.focus({ preventScroll: true });
      if (document.activeElement === card.current) card.current?.scrollIntoView({ block: "nearest" });
      else if (--frames) next = requestAnimationFrame(take);
    });
    return () => {
      cancelAnimationFrame(next);
    };
  }, [wanted]);
  const still = useStill();
  const height = request.kind === "plan" ? "max-h-[55dvh]" : "max-h-96";
  return (
    <section
      ref={card}
      tabIndex={-1}
      data-testid="approval"
      data-approval={request.approval}
      data-kind={request.kind}
      data-open
      aria-label={request.title}
      className="overflow-hidden rounded-xl border border-warn/50 bg-raised"
    >
      {children}
      <header className="flex gap-2.5 bg-warn-soft px-3.5 py-2.5">
        <span className="mt-px text-warn">
          <Icon name={ICONS[request.kind]} size={17} />
        </span>
        <p className="min-w-0 flex-1 font-medium wrap-anywhere">{request.title}</p>
      </header>
      {request.body && (
        <div tabIndex={0} role="group" aria-label={say("approvals.body")} className={`${height} overflow-y-auto border-t border-line px-3.5 py-2.5`}>
          <Markdown text={request.body} />
        </div>
      )}
      {request.content?.kind === "tool-call" && (
        <div className="max-h-[55dvh] overflow-y-auto border-t border-line">
          {/* Whatever is wrong with it, it can be answered. */}
          <ErrorBoundary what={say("transcript.part")}>
            <ToolBody call={request.content} />
          </ErrorBoundary>
        </div>
      )}
      <footer className="border-t border-line px-3.5 py-2.5" style={{ pointerEvents: still ? undefined : "none" }}>
        <Choice session={session} request={request} keys={keys} card={card} />
      </footer>
    </section>
  );
}

/** The field for a word to the agent with a refusal (questions have fields of their own). */
const REASON = "message";

interface ChoiceProps extends Pick<OpenApprovalProps, "session" | "request" | "keys"> {
  card: RefObject<HTMLElement | null>;
}

function Choice({ session, request, keys: own, card }: ChoiceProps) {
  const client = useClient();
  const [filling, fill] = useFilling(request.approval);
  const [missing, setMissing] = useState(false);
  const given = useStore(client.outbox.pending, (all) =>
    all.find(({ command }) => command.type === "answer" && command.approval === request.approval),
  );
  const taken = useStore(client.waiting.answered, (all) => all.has(request.approval));
  const all = request.fields ?? [];
  const reason = request.kind === "question" ? undefined : all.find((field) => field.id === REASON && !field.choices?.length);
  const fields = all.filter((field) => field !== reason);
  const { words: word } = reason ? (filling[REASON] ?? NOTHING) : NOTHING;
  const answer = (option: Option) => {
    const refusal = isRefusal(option);
    const empty = !refusal && missingIn(fields, filling);
    setMissing(empty);
    if (empty) return;
    // A word for a refusal says nothing to one who is allowed to go on.
    const told = valuesOf(fields, filling);
    if (refusal && word.trim()) told[REASON] = word.trim();
    client.send({ type: "answer", session, approval: request.approval, option: option.id, fields: told });
  };
  const keys = useOptionKeys(card, request, own && !given && !taken ? answer : undefined);
  if (given) return <UnsentCommand pending={given} what={say("approvals.your-answer")} />;
  if (taken) return <p className="flex min-h-8 items-center text-dim">{say("approvals.taken")}</p>;
  const options = request.options.map((option, at) => ({ option, at }));
  const refusals = reason ? options.filter(({ option }) => isRefusal(option)) : [];
  const others = reason ? options.filter(({ option }) => !isRefusal(option)) : options;
  const button = ({ option, at }: { option: Option; at: number }) => (
    <OptionButton key={option.id} option={option} first={at === 0} hint={keys ? at + 1 : undefined} onChoose={() => { answer(option); }} />
  );
  const [refuse] = refusals;
  return (
    <>
      <ApprovalFields fields={fields} title={request.title} filling={filling} onChange={fill} />
      {missing && <p role="alert" className="mb-2 text-bad">{say("approvals.missing")}</p>}
      <div className="flex flex-wrap items-stretch gap-2">{others.map(button)}</div>
      {reason && refuse && (
        <div className="mt-2 flex flex-wrap items-end gap-2 border-t border-line pt-2.5">
          <ReasonField
            label={reason.label}
            value={word}
            onChange={(words) => { fill(REASON, { chosen: [], words }); }}
            onEnter={() => { answer(refuse.option); }}
          />
          {refusals.map(button)}
        </div>
      )}
    </>
  );
}
