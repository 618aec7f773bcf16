import { act, cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { Client } from "../client";
import type { Rejected } from "../protocol";
import { FakeSocket } from "../testing/fake-socket";
import { logged, type Made } from "../testing/history";
import { openPage, show, type OpenPage } from "../testing/page";
import { toasts } from "../toasts";
import { Dock } from "./dock";
import { Toasts } from "./toasts";

const BEGAN = /^A waiting prompt began with its old words/;
const NOT_CHANGED = /^A waiting prompt did not get its new words/;

let page: OpenPage;
let head: number;

const happens = (...events: Made[]) =>
  act(() => {
    const placed = logged(events, head + 1);
    head += placed.length;
    return page.happens(placed);
  });

beforeEach(async () => {
  toasts.set([]);
  head = 0;
  page = await openPage();
  show(page, <><Dock /><Toasts /></>);
  await happens(
    { type: "turn-started", text: "zero", turn: "t0" },
    { type: "turn-queued", text: "one", turn: "t1" },
    { type: "turn-queued", text: "two", turn: "t2" },
  );
});

const next: Made[] = [{ type: "turn-completed", turn: "t0" }, { type: "turn-started", text: "one", turn: "t1" }];
const written = () => screen.getByTestId<HTMLTextAreaElement>("composer").value;
const said = () => toasts.get().map(({ message }) => message);
const open = async (at = 0) => {
  const row = screen.getAllByTestId("queued")[at];
  if (!row) throw new Error("there is no such row");
  await userEvent.click(within(row).getByTestId("queue-edit"));
};
const rejects = (code: Rejected["code"] = "unknown-turn", message = "That prompt does not wait in the queue any more.") => {
  const id = page.sent("edit").at(-1)?.id ?? "";
  act(() => { FakeSocket.last.says({ type: "rejected", id, code, message }); });
};

test("a turn that begins while its words are changed: they are before what is in the composer, with the focus; it is said", async () => {
  page.client.drafts.set("s1", "for later");
  await open();
  await userEvent.type(screen.getByTestId("queue-text"), " but carefull");
  await happens(...next);
  expect(screen.queryByTestId("queue-text")).toBeNull();
  expect(written()).toBe("one but carefull\n\nfor later");
  expect(document.activeElement).toBe(screen.getByTestId("composer"));
  expect(said()).toEqual([expect.stringMatching(BEGAN)]);
  expect(screen.getByTestId("toast").closest("[aria-live=polite]")).not.toBeNull();
  expect(page.sent("edit")).toEqual([]);
});

test("one that is removed elsewhere gives its new words back, too; another's editor stays", async () => {
  await open();
  await userEvent.type(screen.getByTestId("queue-text"), " and a half");
  await open(1);
  expect(screen.getAllByTestId("queue-text")).toHaveLength(2);
  await happens({ type: "turn-cancelled", turn: "t1", dequeued: true });
  expect(written()).toBe("one and a half");
  expect(said()).toEqual([expect.stringMatching(NOT_CHANGED)]);
  expect(screen.getAllByTestId("queue-text")).toHaveLength(1);
});

test("unchanged words, and those of an editor that was left, are not given back", async () => {
  await open(1);
  await userEvent.type(screen.getByTestId("queue-text"), " and{Escape}");
  await open();
  await happens(...next, { type: "turn-completed", turn: "t1" }, { type: "turn-started", text: "two", turn: "t2" });
  expect(written()).toBe("");
  expect(said()).toEqual([]);
});

test("a save in the moment that the turn begins: the words are in the composer, once", async () => {
  await open();
  await userEvent.type(screen.getByTestId("queue-text"), " more{Enter}");
  expect(page.sent("edit")).toMatchObject([{ turn: "t1", text: "one more" }]);
  await happens(...next);
  expect(written()).toBe("");
  rejects();
  expect(written()).toBe("one more");
  expect(said()).toEqual([expect.stringMatching(BEGAN)]);
});

test("new words that are refused for another reason: the reason is said, and where they are", async () => {
  await open();
  await userEvent.type(screen.getByTestId("queue-text"), " more{Enter}");
  rejects("storage-full", "The disk is full.");
  expect(written()).toBe("one more");
  expect(said()).toEqual(["The disk is full.", expect.stringMatching(NOT_CHANGED)]);
});

test("unsent new words that are deleted are in the composer, unless the prompt has them", async () => {
  const unsent = { at: 0, user: "u1", ask: true };
  act(() => {
    page.client.outbox.pending.set([
      { ...unsent, command: { type: "edit", id: "e1", session: "s1", turn: "t1", text: "one, rather" } },
      { ...unsent, command: { type: "edit", id: "e2", session: "s1", turn: "t2", text: "two" } },
    ]);
  });
  for (const button of screen.getAllByTestId("pending-delete")) await userEvent.click(button);
  expect(written()).toBe("one, rather");
  expect(said()).toEqual([expect.stringMatching(NOT_CHANGED)]);
});

test("an open editor is there again after another session was looked at, and takes no focus then", async () => {
  await open();
  await userEvent.type(screen.getByTestId("queue-text"), " half");
  cleanup();
  show(page, <Dock />);
  expect(screen.getByTestId<HTMLTextAreaElement>("queue-text").value).toBe("one half");
  expect(document.activeElement).not.toBe(screen.getByTestId("queue-text"));
});

test("words that a closed tab left behind are the next one's, once; this one's are its own", async () => {
  await open();
  await userEvent.type(screen.getByTestId("queue-text"), " half");
  expect(new Client().rewrites.all.get()).toEqual({});
  window.dispatchEvent(new Event("pagehide"));
  expect(new Client().rewrites.all.get()).toEqual({ t1: { session: "s1", before: "one", text: "one half" } });
  expect(new Client().rewrites.all.get()).toEqual({});
});

test("a page that was only put aside keeps its words, and leaves none behind", async () => {
  await open();
  await userEvent.type(screen.getByTestId("queue-text"), " half");
  window.dispatchEvent(new Event("pagehide"));
  window.dispatchEvent(new Event("pageshow"));
  expect(new Client().rewrites.all.get()).toEqual({});
  expect(page.client.rewrites.all.get()).toHaveProperty("t1.text", "one half");
});
