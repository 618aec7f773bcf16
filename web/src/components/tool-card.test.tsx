import { act, fireEvent, screen, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { ToolCall } from "../protocol";
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
const called = (item: string, call: Omit<ToolCall, "kind">): Made => ({
  type: "item-completed",
  item,
  content: { kind: "tool-call", status: "completed", ...call },
});
const card = (title: string) => within(screen.getByRole("region", { name: `Tool: ${title}` }));
const unfold = (title: string) => { fireEvent.click(card(title).getByText(title)); };

test("what a tool was told is said by its kind; what is not known stays as the agent gave it", async () => {
  await happens([
    { type: "turn-started", text: "go" },
    called("a", { title: "Search x", tool: "search", input: { pattern: "x+", path: "/home/you/demo/src" }, output: "a:1: x" }),
    called("b", { title: "Fetch it", tool: "fetch", input: { url: "javascript:alert(1)", prompt: "p" } }),
    called("c", { title: "Fetch that", tool: "fetch", input: { url: "https://example.org/" } }),
    called("d", { title: "ls", tool: "execute", input: { command: ["ls", "-l"] }, output: "\u001b[31mred\u001b[0m plain" }),
    called("e", { title: "other", input: { deep: { down: 1 } } }),
  ]);
  unfold("Search x");
  expect(card("Search x").getByText("x+")).toBeTruthy();
  expect(card("Search x").getByText("src")).toBeTruthy();
  unfold("Fetch it");
  expect(card("Fetch it").queryByRole("link")).toBeNull();
  unfold("Fetch that");
  expect(card("Fetch that").getByRole("link").getAttribute("rel")).toBe("noopener noreferrer");
  unfold("ls");
  expect(card("ls").getByLabelText("Command").textContent).toBe("$ ls -l");
  expect(card("ls").getByText("red").className).toBe("ansi-red");
  unfold("other");
  expect(card("other").getByText(/"down": 1/)).toBeTruthy();
});

test("a long output is folded with its size: of a command the end, of a file the beginning", async () => {
  const output = Array.from({ length: 100 }, (_, at) => `line ${at + 1}`).join("\n");
  await happens([
    { type: "turn-started", text: "go" },
    called("make", { title: "make", tool: "execute", output }),
    called("read", { title: "Read x", tool: "read", output }),
  ]);
  for (const [title, seen, hidden] of [["make", "line 100", "line 80\n"], ["Read x", "line 20", "line 21"]] as const) {
    unfold(title);
    const text = () => card(title).getByLabelText(title === "make" ? "Output" : "Result").textContent;
    expect(text()).toContain(seen);
    expect(text()).not.toContain(hidden);
    fireEvent.click(card(title).getByText("Show all: 100 lines, 791 B"));
    expect(text()).toBe(output);
  }
});

test("how long it thought and what a turn used are said where they are known, and only there", async () => {
  await happens([
    { type: "turn-started", text: "go" },
    { type: "item-started", item: "r", content: { kind: "reasoning", text: "a" } },
    { type: "item-completed", item: "r", content: { kind: "reasoning", text: "a" } },
    { type: "turn-completed", usage: { inputTokens: 0, outputTokens: 1_234_567, costUsd: 0.0421 } },
    { type: "turn-started", turn: "t2", text: "again" },
    { type: "turn-failed", turn: "t2", failure: { provider: "practice", code: "auth", message: "No key." } },
  ]);
  expect(screen.getByText("Thought for 1 s")).toBeTruthy();
  const [first, second] = screen.getAllByTestId("turn-figures");
  expect(first?.textContent).toBe("Done after 3 s · 1.2M out · $0.042");
  expect(second?.textContent).toBe("After 1 s");
});
