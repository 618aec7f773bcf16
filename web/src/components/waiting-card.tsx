import { useMemo, type ReactNode } from "react";
import { fetchApproval } from "../api";
import { ago, useNow } from "../clock";
import type { ApprovalResolved, WaitingApproval } from "../protocol";
import { useStore } from "../store";
import { pathTo } from "../wanted";
import { say } from "../words";
import { OpenApproval } from "./approval-card";
import { Outcome } from "./approval-outcome";
import { useClient } from "./client-context";
import { Icon } from "./icons";
import { Link } from "./link";
import { SessionContext } from "./session-context";
import { useRequest } from "./use-request";

/** A question of any session's, with the way to that session; it is answered in place. */
export function WaitingCard({ waiting, keys, onLeave }: { waiting: WaitingApproval; keys: boolean; onLeave: () => void }) {
  const { session, request } = waiting;
  return (
    <InSession waiting={waiting}>
      <OpenApproval session={session} request={request} keys={keys}>
        <Link
          to={pathTo(session, request.approval)}
          data-testid="waiting-session"
          onClickCapture={onLeave}
          className="target flex items-center gap-2 px-3.5 py-1.5 text-xs text-dim -outline-offset-2 hover:bg-panel"
        >
          <Where waiting={waiting} />
        </Link>
      </OpenApproval>
    </InSession>
  );
}

function Where({ waiting }: { waiting: WaitingApproval }) {
  const client = useClient();
  const now = useNow();
  const { title, provider, projectName, request } = waiting;
  const agent = useStore(client.lists.view, ({ providers }) => providers?.find(({ id }) => id === provider)?.name ?? provider);
  return (
    <>
      <span className="min-w-0 flex-1 truncate">
        <span className="font-medium text-text">{title || say("waiting.untitled")}</span> · {agent} · {projectName}
      </span>
      {request.at !== undefined && <span className="shrink-0 tabular-nums">{ago(request.at, now)}</span>}
      <Icon name="chevron" size={13} />
    </>
  );
}

/** It waited while the list was shown, and waits no more: who or what closed it. */
export function ClosedElsewhere({ waiting }: { waiting: WaitingApproval }) {
  const client = useClient();
  const { session, request } = waiting;
  const { approval } = request;
  const here = useStore(client.waiting.answered, (all) => all.get(approval) === "here");
  const { value } = useRequest(approval, () => fetchApproval(session, approval));
  if (!value) return <p className="px-3 text-[0.8125rem] text-dim">{request.title}</p>;
  const resolved: ApprovalResolved = { type: "approval-resolved", approval, by: value.by ?? undefined, option: value.option };
  return <Outcome request={request} resolved={resolved} elsewhere={!here} />;
}

/** What a card shows of a session that is not open here. */
function InSession({ waiting: { session, provider, project }, children }: { waiting: WaitingApproval; children: ReactNode }) {
  const client = useClient();
  const agent = useStore(client.lists.view, ({ providers }) => providers?.find(({ id }) => id === provider));
  const folder = useStore(client.lists.view, ({ projects }) => projects?.find(({ id }) => id === project)?.path ?? "");
  const shown = useMemo(() => ({ feed: client.feed(session), provider, agent, folder }), [client, session, provider, agent, folder]);
  return <SessionContext value={shown}>{children}</SessionContext>;
}
