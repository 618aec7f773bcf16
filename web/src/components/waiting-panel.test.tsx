import { act, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import type { WaitingApproval } from "../protocol";
import { SETTLE_MS } from "../still";
import { openPage, show } from "../testing/page";
import { WaitingPanel } from "./waiting-panel";

afterEach(() => {
  vi.useRealTimers();
});

function waits(approval: string): WaitingApproval {
  const options = [{ id: "once", label: "Allow once", kind: "allow-once" as const }, { id: "no", label: "Reject", kind: "reject-once" as const }];
  const request = { type: "approval-requested" as const, seq: 1, at: 1, turn: "t1", approval, kind: "permission" as const, title: approval, options };
  return { session: "s1", title: "", provider: "practice", project: "d1", projectName: "demo", request };
}

test("a click meant for a card that was just answered elsewhere answers not the one that moves to its place", async () => {
  const page = await openPage();
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ approvals: [waits("p1"), waits("p2")] })));
  void page.client.waiting.refresh();
  await vi.waitUntil(() => page.client.waiting.view.get().approvals?.length === 2);
  vi.useFakeTimers();
  show(page, <WaitingPanel onClose={vi.fn()} />);
  act(() => { page.client.waiting.onAnswered("p1", "elsewhere"); });
  const taps = () => screen.getByTestId("approval-option-allow-once").closest("footer")?.style.pointerEvents;
  expect(taps()).toBe("none");
  act(() => { vi.advanceTimersByTime(SETTLE_MS); });
  expect(taps()).toBe("");
});
