import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import type { AnyEvent, ApprovalRequested } from "../protocol";
import { logged } from "../testing/history";
import { openPage, show, type OpenPage } from "../testing/page";
import { ApprovalView } from "./approval";

let page: OpenPage;

const question: Omit<ApprovalRequested, "type" | "seq" | "at" | "turn"> = {
  approval: "p1",
  kind: "question",
  title: "Which colour?",
  options: [
    { id: "answer", label: "Answer" },
    { id: "skip", label: "Skip", kind: "reject-once" },
  ],
  fields: [
    { id: "colour", label: "Colour", choices: ["red", "blue"], required: true },
    { id: "why", label: "Why?" },
  ],
};

async function ask(): Promise<AnyEvent[]> {
  const events = logged([
    { type: "turn-started", text: "ask", turn: "t1" },
    { type: "approval-requested", ...question, turn: "t1" },
  ]);
  await page.happens(events);
  return events;
}

beforeEach(async () => {
  page = await openPage();
});

const request = (events: AnyEvent[]) => events[1] as ApprovalRequested;

test("an answer goes with what was filled in, once, and the buttons are gone until the reply", async () => {
  show(page, <ApprovalView card={{ kind: "approval", request: request(await ask()) }} />);
  await userEvent.click(screen.getByLabelText("blue"));
  await userEvent.type(screen.getByLabelText("Why?"), "sky");
  await userEvent.click(screen.getByRole("button", { name: "Answer" }));
  expect(page.sent("answer")).toMatchObject([
    { session: "s1", approval: "p1", option: "answer", fields: { colour: "blue", why: "sky" } },
  ]);
  expect(screen.queryByRole("button", { name: "Answer" })).toBeNull();
});

test("a needed field is asked for, but a refusal needs none", async () => {
  show(page, <ApprovalView card={{ kind: "approval", request: request(await ask()) }} />);
  await userEvent.click(screen.getByRole("button", { name: "Answer" }));
  expect(screen.getByRole("alert").textContent).toContain("fill in");
  expect(page.sent("answer")).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Skip" }));
  expect(page.sent("answer")).toMatchObject([{ option: "skip" }]);
});

test("what another tab answered is shown here, in words", async () => {
  const events = await ask();
  const resolved = logged([{ type: "approval-resolved", approval: "p1", option: "answer", fields: { colour: "red" }, turn: "t1" }], 3);
  await page.happens(resolved);
  const [card] = page.client.feed("s1").view.get().state.turns[0]?.entries.map(({ content }) => content) ?? [];
  if (card?.kind !== "approval") throw new Error("no card");
  show(page, <ApprovalView card={card} />);
  expect(screen.getByTestId("approval-outcome").textContent).toContain("Answer");
  expect(screen.getByTestId("approval-outcome").textContent).toContain("Colour red");
  expect(request(events).approval).toBe("p1");
});

test("a turn that ends takes the buttons away, and says why", async () => {
  show(page, <ApprovalView card={{ kind: "approval", request: request(await ask()) }} />);
  await act(() => page.happens(logged([{ type: "turn-cancelled", turn: "t1" }], 3)));
  expect(screen.queryByRole("button")).toBeNull();
  expect(screen.getByTestId("approval-outcome").textContent).toContain("the turn ended");
});
