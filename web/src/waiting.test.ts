import { expect, test, vi } from "vitest";
import type { Result } from "./api";
import type { Approvals, SessionRow, WaitingApproval } from "./protocol";
import { Waiting } from "./waiting";

const approval = (id: string, session = "s1"): WaitingApproval => ({
  session,
  title: "",
  provider: "practice",
  project: "p1",
  projectName: "site",
  request: { type: "approval-requested", approval: id, kind: "permission", title: id, options: [] },
});
const row = (id: string, state: SessionRow["state"]) => ({ id, state }) as SessionRow;
const list = (...approvals: WaitingApproval[]): Result<Approvals> => ({ ok: true, value: { approvals } });

/** A server that answers with these lists in turn, the last one again and again. */
function served(...answers: Result<Approvals>[]) {
  const fetch = vi.fn(() => Promise.resolve(answers.length > 1 ? (answers.shift() as Result<Approvals>) : (answers[0] as Result<Approvals>)));
  const waiting = new Waiting(fetch);
  const ids = () => waiting.view.get().approvals?.map(({ request }) => request.approval);
  return { waiting, fetch, ids };
}

test("only hints on sessions that wait, or that waited, have the list read anew", async () => {
  const { waiting, fetch, ids } = served(list(approval("a1")), list());
  waiting.onFrame({ type: "sessions", revision: 1, upserts: [row("s1", "running"), row("s2", "idle")] });
  expect(fetch).not.toHaveBeenCalled();
  waiting.onFrame({ type: "sessions", revision: 2, upserts: [row("s1", "waiting")] });
  await vi.waitUntil(() => ids()?.length === 1);
  waiting.onFrame({ type: "sessions", revision: 3, upserts: [row("s2", "running")] });
  expect(fetch).toHaveBeenCalledTimes(1);
  waiting.onFrame({ type: "sessions", revision: 4, upserts: [row("s1", "running")] });
  await vi.waitUntil(() => ids()?.length === 0);
});

test("a session put into the trash takes its questions with it", async () => {
  const { waiting, ids } = served(list(approval("a1")), list());
  await waiting.refresh();
  waiting.onFrame({ type: "sessions", revision: 1, removes: ["s1"] });
  await vi.waitUntil(() => ids()?.length === 0);
});

test("hints while the list is read have it read once more, not as often as they came", async () => {
  const { waiting, fetch, ids } = served(list(), list(approval("a1")));
  void waiting.refresh();
  void waiting.refresh();
  void waiting.refresh();
  await vi.waitUntil(() => ids()?.length === 1);
  expect(fetch).toHaveBeenCalledTimes(2);
});

test("what was answered from here is gone at once, and a list that was read before does not bring it back", async () => {
  const { waiting, ids } = served(list(approval("a1"), approval("a2")));
  await waiting.refresh();
  waiting.onAnswered("a1", "here");
  expect(ids()).toEqual(["a2"]);
  await waiting.refresh();
  expect(ids()).toEqual(["a2"]);
});

test("a list that does not come leaves the last one, and says why", async () => {
  const { waiting, ids } = served(list(approval("a1")), { ok: false, problem: { code: "x", message: "no", status: 0 } });
  await waiting.refresh();
  await waiting.refresh();
  expect(ids()).toEqual(["a1"]);
  expect(waiting.view.get().problem?.message).toBe("no");
});
