import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { Rows } from "../rows";
import { useStore } from "../store";
import { logged, type Made } from "../testing/history";
import { openPage, show, type OpenPage } from "../testing/page";
import { useSession } from "./session-context";
import { TranscriptRow } from "./transcript-row";

let page: OpenPage;
const rows = new Rows();

function AllRows() {
  const { feed } = useSession();
  const list = useStore(feed.view, ({ state }) => rows.of(state.turns, []));
  return list.map((row) => <TranscriptRow key={row.key} row={row} />);
}

beforeEach(async () => {
  page = await openPage();
  show(page, <AllRows />);
});

const happens = (events: Made[], first = 1) =>
  act(() => page.happens(logged(events.map((event) => ({ turn: "t1", ...event })), first)));

test("a turn that the agent began itself says why, in no bubble, and offers no second try of a prompt", async () => {
  await happens([
    { type: "turn-started", text: "The dev server has ended", origin: "agent" },
    { type: "turn-failed", failure: { provider: "practice", code: "network", message: "No.", retryable: true } },
  ]);
  const turn = screen.getByTestId("turn");
  expect(turn.dataset.origin).toBe("agent");
  expect(turn.textContent).toContain("Practice agent went on by itself: The dev server has ended");
  expect(screen.queryByText("You asked")).toBeNull();
  expect(screen.queryByTestId("try-again")).toBeNull();
});

test("a prompt that carried the transcript over says so", async () => {
  await happens([{ type: "turn-started", text: "go on", carried: true }]);
  expect(screen.getByTestId("carried").textContent).toContain("The earlier transcript was carried over");
});

test("a note is its words, quietly", async () => {
  await happens([
    { type: "turn-started", text: "go" },
    { type: "item-completed", item: "n1", content: { kind: "note", text: "The conversation was compacted." } },
  ]);
  expect(screen.getByText("The conversation was compacted.")).toBeTruthy();
});

const step = (name: string, parent: string): Made => ({
  type: "item-completed",
  item: name,
  parent,
  content: { kind: "tool-call", title: name, tool: "read", status: "completed" },
});
const task = (status: "running" | "completed") =>
  ({ kind: "tool-call", title: "Find the callers", name: "Task", tool: "other", status, input: { prompt: "Look at all files" } }) as const;

test("a sub-agent at work shows its latest steps in its card; done, it is folded with their count", async () => {
  await happens([
    { type: "turn-started", text: "go" },
    { type: "item-started", item: "sub", content: task("running") },
    ...["s1", "s2", "s3", "s4", "s5", "s6"].map((name) => step(name, "sub")),
  ]);
  const card = screen.getByRole("region", { name: "Tool: Find the callers" });
  expect(within(card).getByTestId("step-count").textContent).toBe("6 steps");
  expect(within(card).queryByText("s2")).toBeNull();
  expect(within(card).getByText("s6")).toBeTruthy();
  await userEvent.click(within(card).getByText("Show 2 earlier steps"));
  expect(within(card).getByText("s1")).toBeTruthy();
  await happens([{ type: "item-completed", item: "sub", content: task("completed") }], 9);
  expect(within(card).queryByText("s6")).toBeNull();
  expect(within(card).getByTestId("step-count").textContent).toBe("6 steps");
  await userEvent.click(within(card).getByRole("button"));
  expect(within(card).getByText("s1")).toBeTruthy();
  expect(screen.getAllByText("s6")).toHaveLength(1);
});

test("a step stands for itself where its sub-agent is not known, or comes after it", async () => {
  await happens([
    { type: "turn-started", text: "go" },
    step("lost", "in an older page"),
    step("early", "late"),
    { type: "item-completed", item: "late", content: task("completed") },
  ]);
  expect(screen.getByText("lost")).toBeTruthy();
  expect(screen.getByText("early")).toBeTruthy();
  expect(screen.queryByTestId("step-count")).toBeNull();
});
