import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { useStore } from "../store";
import { logged, type Made } from "../testing/history";
import { openPage, show, type OpenPage } from "../testing/page";
import { useSession } from "./session-context";
import { TurnEnd } from "./turn-end";

let page: OpenPage;

function LastTurn() {
  const { feed } = useSession();
  const turn = useStore(feed.view, ({ state }) => state.turns[0]);
  return turn && <TurnEnd turn={turn} />;
}

beforeEach(async () => {
  page = await openPage();
});

async function turn(...events: Made[]): Promise<void> {
  const started: Made = { type: "turn-started", text: "do it", attachments: ["a1"] };
  await page.happens(logged([started, ...events].map((event) => ({ ...event, turn: "t1" }))));
  show(page, <LastTurn />);
}

const crashed: Made = {
  type: "turn-failed",
  failure: {
    provider: "practice",
    code: "provider-crashed",
    type: "practice-error",
    message: "Practice agent was ended by SIGSEGV.",
    retryable: true,
    action: { kind: "install", label: "Install it again", command: "npm install practice" },
    detail: "core dumped",
  },
};

test("a failure says what happened, where, and what to do; its details are folded", async () => {
  await turn(crashed);
  const card = screen.getByTestId("failure");
  expect(card.dataset).toMatchObject({ code: "provider-crashed", type: "practice-error" });
  for (const words of ["Practice agent was ended by SIGSEGV.", "practice-error", "Install it again", "npm install practice"]) {
    expect(card.textContent).toContain(words);
  }
  expect(screen.getByText("Details").closest("details")?.open).toBe(false);
});

test("try again sends the same text as a new turn that names the failed one, and is offered once", async () => {
  await turn(crashed);
  await userEvent.click(screen.getByTestId("try-again"));
  expect(page.sent("prompt")).toMatchObject([{ text: "do it", attachments: ["a1"], retryOf: "t1" }]);
  await act(() => page.happens(logged([{ type: "turn-started", text: "do it", retryOf: "t1", turn: "t2" }], 3)));
  expect(screen.queryByTestId("try-again")).toBeNull();
});

test("where tools already ran they are listed, and nothing is sent before the person says so", async () => {
  const tool = (title: string): Made => ({
    type: "item-completed",
    item: title,
    content: { kind: "tool-call", title, status: "completed" },
  });
  await turn(tool("Write notes.txt"), tool("Run make"), crashed);
  await userEvent.click(screen.getByTestId("try-again"));
  const dialog = screen.getByTestId("try-again-dialog");
  expect(dialog.textContent).toContain("Write notes.txt");
  expect(dialog.textContent).toContain("Run make");
  expect(page.sent("prompt")).toEqual([]);
  await userEvent.click(screen.getByTestId("try-again-confirm"));
  expect(page.sent("prompt")).toHaveLength(1);
});

test("a failure that would only happen again offers no try again, but the prompt to be changed", async () => {
  await turn({ type: "turn-failed", failure: { provider: "practice", code: "invalid-request", type: "practice-error", message: "No.", retryable: false } });
  expect(screen.queryByTestId("try-again")).toBeNull();
  await userEvent.click(screen.getByTestId("failure-edit"));
  expect(page.client.drafts.get("s1")).toBe("do it");
});

test("a limit's end is said once, with its time", async () => {
  const until = Date.now() + 60_000;
  const failure = { provider: "practice", code: "usage-limit" as const, message: "It is reached.", action: { kind: "wait" as const, label: "Wait until the limit is over", until } };
  await turn({ type: "turn-failed", failure });
  expect(screen.getByTestId("failure-until").textContent).toContain("Can be used again in");
  expect(screen.getByTestId("failure").textContent).not.toContain("Wait until the limit is over");
});

test("a sign-in that is missing can be mended elsewhere: then it is tried again", async () => {
  await turn({ type: "turn-failed", failure: { provider: "practice", code: "auth", type: "practice-error", message: "No key.", retryable: false } });
  expect(screen.getByTestId("try-again")).toBeTruthy();
});

test("a stall offers to wait and to stop", async () => {
  await turn({ type: "turn-stalled", since: Date.now() - 12_000, limit: Date.now() + 60_000 });
  expect(screen.getByTestId("stalled").textContent).toContain("No sign of life from Practice agent for 12 s");
  await userEvent.click(screen.getByTestId("stalled-wait"));
  await userEvent.click(screen.getByTestId("stalled-stop"));
  expect(page.sent("wait")).toMatchObject([{ turn: "t1" }]);
  expect(page.sent("cancel")).toMatchObject([{ turn: "t1" }]);
});

test("an interrupted turn says that the server went, and what to do", async () => {
  await turn({ type: "turn-interrupted" });
  expect(screen.getByTestId("interrupted").textContent).toContain("The server went away");
  expect(screen.getByTestId("try-again")).toBeTruthy();
});

test("an end without the agent's own \"done\" says its word", async () => {
  await turn({ type: "turn-completed", stopReason: "max-tokens", usage: { inputTokens: 1234, outputTokens: 5, costUsd: 0.5 } });
  expect(screen.getByTestId("turn-status").textContent).toBe("Ended: max-tokens after 1 s · 1.2k in · 5 out · $0.50");
});
