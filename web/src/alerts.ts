/** What happens in any session, told to who does not look: by the screen reader and by the browser's notifications. */

import { announce } from "./announce";
import type { Client } from "./client";
import { tell, watch, withdraw } from "./notifications";
import type { SessionRow, WaitingApproval } from "./protocol";
import { route } from "./route";
import { pathTo } from "./wanted";
import { say } from "./words";

/** From now on, for as long as the page lives. */
export function alerts(client: Client): void {
  watch();
  tellOfQuestions(client);
  client.account.subscribe(() => {
    if (client.account.get().phase === "signed-out") void withdraw();
  });
  client.ends.last.subscribe(() => {
    const row = client.ends.last.get();
    if (row) onEnd(client, row);
  });
}

function tellOfQuestions({ waiting }: Client): void {
  // What waited before the page was opened is no news.
  let known: ReadonlySet<string> | undefined;
  waiting.view.subscribe(() => {
    const { approvals } = waiting.view.get();
    if (!approvals) return;
    const before = known;
    known = new Set(approvals.map(({ request }) => request.approval));
    if (!before) return;
    for (const approval of before) if (!known.has(approval)) void withdraw(approval);
    for (const one of approvals) if (!before.has(one.request.approval)) onQuestion(one);
  });
}

function onQuestion({ session, title, request }: WaitingApproval): void {
  const name = title || say("waiting.untitled");
  announce(here(session) ? request.title : say("heard.in", { title: name, what: request.title }), "assertive");
  void tell({ id: request.approval, title: request.title, body: name, path: pathTo(session, request.approval) });
}

function onEnd(client: Client, row: SessionRow): void {
  const agent = client.lists.view.get().providers?.find(({ id }) => id === row.provider)?.name ?? row.provider;
  const title = row.title || say("waiting.untitled");
  const what = endWords(row, agent);
  // What ends in sight is told by its own turn (heard.ts), with why.
  if (!here(row.id)) announce(say("heard.in", { title, what }));
  void tell({ id: `${row.id}:${row.lastActivity}`, title: what, body: title, path: pathTo(row.id) });
}

function endWords({ state }: SessionRow, agent: string): string {
  if (state === "failed") return say("heard.failed", { agent });
  return state === "interrupted" ? say("heard.interrupted") : say("heard.done", { agent });
}

function here(session: string): boolean {
  const place = route.get();
  return place.view === "session" && place.session === session;
}
