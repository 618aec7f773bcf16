import { useEffect, useState } from "react";
import { forgetWanted, useWanted } from "../wanted";
import type { ApprovalCard } from "../protocol";
import { useStore } from "../store";
import { OpenApproval } from "./approval-card";
import { Outcome } from "./approval-outcome";
import { useClient } from "./client-context";
import { useSession } from "./session-context";

/** A question of the agent's where it stands in the conversation: open, or how it was closed. */
export function ApprovalView({ card }: { card: ApprovalCard }) {
  const { feed } = useSession();
  const { request, resolved } = card;
  const { approval } = request;
  const waits = useStore(feed.view, ({ state }) => state.approvals.some((one) => one.approval === approval));
  const first = useStore(feed.view, ({ state }) => state.approvals[0]?.approval === approval);
  const wanted = useWanted(approval);
  // It may yet move to another place of the page: it is wanted until the person does something.
  useEffect(() => {
    if (!wanted) return;
    document.addEventListener("pointerdown", forgetWanted);
    document.addEventListener("keydown", forgetWanted);
    return () => {
      document.removeEventListener("pointerdown", forgetWanted);
      document.removeEventListener("keydown", forgetWanted);
    };
  }, [wanted]);
  const elsewhere = useAnsweredElsewhere(approval, waits && !resolved);
  if (!waits || resolved) return <Outcome request={request} resolved={resolved} elsewhere={elsewhere} />;
  return <OpenApproval session={feed.session} request={request} keys={first} wanted={wanted} />;
}

/** Whether somebody who saw it open here has it answered by another device or tab. */
function useAnsweredElsewhere(approval: string, open: boolean): boolean {
  const client = useClient();
  const [seen, setSeen] = useState(open);
  if (open && !seen) setSeen(true);
  const here = useStore(client.waiting.answered, (all) => all.get(approval) === "here");
  const given = useStore(client.outbox.pending, (all) => all.some(({ command }) => command.type === "answer" && command.approval === approval));
  return seen && !here && !given;
}
