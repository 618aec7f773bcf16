import { act, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { AnyFrame } from "../protocol";
import { FakeSocket } from "../testing/fake-socket";
import { logged } from "../testing/history";
import { openPage, show, type OpenPage } from "../testing/page";
import { Dock } from "./dock";

let page: OpenPage;

beforeEach(async () => {
  page = await openPage();
  show(page, <Dock />);
});

const field = () => screen.getByTestId<HTMLTextAreaElement>("composer");
const says = (frame: AnyFrame) => {
  act(() => {
    FakeSocket.last.says(frame);
  });
};
const busy = (turn = "t1"): AnyFrame => ({
  type: "session-busy",
  id: page.sent("prompt").at(-1)?.id ?? "",
  session: "s1",
  provider: "practice",
  turn,
  since: Date.now() - 5000,
});
const running = () => act(() => page.happens(logged([{ type: "turn-started", text: "first", turn: "t1" }])));

test("Enter sends and empties the field; Shift+Enter makes a line; an empty text is not sent", async () => {
  await userEvent.type(field(), "one{Shift>}{Enter}{/Shift}two{Enter}");
  expect(page.sent("prompt")).toMatchObject([{ text: "one\ntwo" }]);
  expect(field().value).toBe("");
  await userEvent.type(field(), "  {Enter}");
  expect(page.sent("prompt")).toHaveLength(1);
});

test("Enter that ends a word of an input method does not send", async () => {
  await userEvent.type(field(), "ni hao");
  const enter = new KeyboardEvent("keydown", { key: "Enter", bubbles: true });
  Object.defineProperty(enter, "isComposing", { value: true });
  act(() => {
    field().dispatchEvent(enter);
  });
  expect(page.sent("prompt")).toEqual([]);
});

test("a text longer than the server takes is not sent, and says by how much", async () => {
  act(() => {
    page.client.drafts.set("s1", "x".repeat(1001));
  });
  expect(screen.getByRole("alert").textContent).toContain("1,001 of 1,000");
  await userEvent.type(field(), "{Enter}");
  expect(page.sent("prompt")).toEqual([]);
});

test("busy: one notice with the text in the composer; queue sends that text; the end takes the notice away", async () => {
  await running();
  await userEvent.type(field(), "second{Enter}");
  says(busy());
  await userEvent.type(field(), "{Enter}");
  says(busy());
  expect(screen.getAllByTestId("busy-notice")).toHaveLength(1);
  expect(screen.getByTestId("busy-notice").textContent).toContain("Practice agent is at work");
  expect(field().value).toBe("second");
  await userEvent.click(screen.getByTestId("busy-queue"));
  expect(page.sent("prompt").at(-1)).toMatchObject({ text: "second", ifBusy: "queue" });
  expect(field().value).toBe("");
  await act(() => page.happens(logged([{ type: "turn-completed", turn: "t1" }], 2)));
  expect(screen.queryByTestId("busy-notice")).toBeNull();
});

test("busy: steer and stop", async () => {
  await running();
  await userEvent.type(field(), "left{Enter}");
  says(busy());
  await userEvent.click(screen.getByTestId("busy-stop"));
  expect(page.sent("cancel")).toMatchObject([{ turn: "t1" }]);
  await userEvent.click(screen.getByTestId("busy-steer"));
  expect(page.sent("prompt").at(-1)).toMatchObject({ text: "left", ifBusy: "steer" });
});

test("while a turn runs it can be stopped, and the person chooses what a prompt does", async () => {
  expect(screen.queryByTestId("stop")).toBeNull();
  await running();
  await userEvent.selectOptions(screen.getByTestId("if-busy"), "queue");
  await userEvent.type(field(), "later{Enter}");
  expect(page.sent("prompt")).toMatchObject([{ text: "later", ifBusy: "queue" }]);
  expect(localStorage.getItem("antiphon.if-busy")).toBe("queue"); // another day, too
  await userEvent.selectOptions(screen.getByTestId("if-busy"), "reject");
  await userEvent.click(screen.getByTestId("stop"));
  expect(page.sent("cancel")).toMatchObject([{ turn: "t1" }]);
});

test("the queue can be moved, thinned and resumed", async () => {
  await act(() =>
    page.happens(
      logged([
        { type: "turn-queued", text: "one", turn: "t1" },
        { type: "turn-queued", text: "two", turn: "t2" },
        { type: "session-updated", queueHeld: true },
      ]),
    ),
  );
  const [, second] = screen.getAllByTestId("queued");
  if (!second) throw new Error("the queue has one row only");
  await userEvent.click(within(second).getByRole("button", { name: "Move up" }));
  await userEvent.click(within(second).getByTestId("queue-edit"));
  await userEvent.type(screen.getByTestId("queue-text"), " and three{Enter}");
  await userEvent.click(within(screen.getAllByTestId("queued")[0] ?? second).getByTestId("dequeue"));
  await userEvent.click(screen.getByTestId("resume-queue"));
  expect(page.sent("reorder")).toMatchObject([{ turns: ["t2", "t1"] }]);
  expect(page.sent("edit")).toMatchObject([{ turn: "t2", text: "two and three" }]);
  expect(page.sent("dequeue")).toMatchObject([{ turn: "t2" }]);
  expect(page.sent("resume-queue")).toHaveLength(1);
});

test("a rejected prompt says why, in its place, with the text kept", async () => {
  await userEvent.type(field(), "hello{Enter}");
  says({ type: "rejected", id: page.sent("prompt").at(-1)?.id ?? "", code: "queue-full", message: "The queue is full." });
  expect(screen.getByTestId("rejected").textContent).toContain("The queue is full.");
  expect(field().value).toBe("hello");
});

test("a draft survives a reload", async () => {
  await userEvent.type(field(), "half a thou");
  window.dispatchEvent(new Event("pagehide"));
  vi.resetModules();
  const { Drafts } = await import("../drafts");
  expect(new Drafts().get("s1")).toBe("half a thou");
});
