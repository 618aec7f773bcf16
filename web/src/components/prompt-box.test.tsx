import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { openPage, show, type OpenPage } from "../testing/page";
import { logged } from "../testing/history";
import { Composer } from "./composer";
import { PromptBox } from "./prompt-box";
import { mentionAt, mentioned } from "./prompt-files";

let page: OpenPage;

const ROW = { id: "s1", project: "p1", projectName: "demo", provider: "practice", title: "", lastActivity: 1, createdAt: 1 };

beforeEach(async () => {
  Element.prototype.scrollIntoView = () => undefined; // jsdom has none
  page = await openPage();
  page.client.lists.put(ROW);
  vi.stubGlobal("fetch", (address: string) => {
    if (address.includes("/file-names")) return Promise.resolve(Response.json({ files: ["src/main.c", "my notes.md"], more: false }));
    return Promise.resolve(Response.json({ prompts: [{ text: "of the project", at: 1 }, { text: "second", at: 1 }] }));
  });
  show(page, <Composer />);
});

const field = () => screen.getByTestId<HTMLTextAreaElement>("composer");
const turn = (text: string, id: string) => [{ type: "turn-started", text, turn: id }, { type: "turn-completed", turn: id }] as const;

test("a mention is an @ after a space up to the caret; its path is quoted where it has spaces", () => {
  expect(mentionAt("see @src/ma and", 11)).toEqual({ at: 4, typed: "src/ma" });
  expect(mentionAt("mail a@b.example", 16)).toBeUndefined();
  expect(mentionAt("@done now", 9)).toBeUndefined();
  expect(mentioned("see @ma and", { at: 4, typed: "ma" }, "my notes.md")).toEqual({ text: 'see @"my notes.md" and', caret: 19 });
});

test("an @ offers the project's files; Enter takes one and writes on behind it", async () => {
  await userEvent.type(field(), "look at @ma");
  await screen.findByTestId("file-names");
  await userEvent.keyboard("{ArrowDown}{ArrowUp}{Enter}now");
  expect(field().value).toBe("look at @src/main.c now");
  expect(page.sent("prompt")).toEqual([]);
});

test("Up in an empty field: what was asked here, then in the project, each once; Down comes back, Escape at once", async () => {
  await act(() => page.happens(logged([...turn("first", "t1"), ...turn("second", "t2")])));
  await userEvent.type(field(), "{ArrowUp}");
  expect(field().value).toBe("second");
  await userEvent.keyboard("{ArrowUp}{ArrowUp}");
  await vi.waitFor(() => { expect(field().value).toBe("of the project"); });
  await userEvent.keyboard("{ArrowDown}");
  expect(field().value).toBe("first");
  await userEvent.keyboard("{Escape}");
  expect(field().value).toBe("");
  await userEvent.keyboard("mine{ArrowUp}");
  expect(field().value).toBe("mine");
});

test("what the up key walks through is its session's", async () => {
  cleanup();
  show(page, <TwoPlaces />);
  page.client.drafts.set("s2", "asked before");
  await userEvent.type(field(), "{ArrowUp}");
  expect(field().value).toBe("asked before");
  await userEvent.click(screen.getByText("the other"));
  await userEvent.type(field(), "{Escape}");
  expect(field().value).toBe("asked before");
});

function TwoPlaces() {
  const [place, setPlace] = useState("s1");
  return (
    <>
      <PromptBox place={place} label="ask" onSend={vi.fn()} history={{ own: () => ["asked before"], older: () => Promise.resolve([]) }} />
      <button type="button" onClick={() => { setPlace("s2"); }}>the other</button>
    </>
  );
}

test("Escape twice stops the turn; the first says so, and one later is a first again", async () => {
  await act(() => page.happens(logged([{ type: "turn-started", text: "x", turn: "t1" }])));
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const escape = () => fireEvent.keyDown(document.body, { key: "Escape" });
  escape();
  expect(screen.getByTestId("stop").textContent).toBe("Esc again to stop");
  act(() => { vi.advanceTimersByTime(3500); });
  expect(screen.getByTestId("stop").textContent).toBe("Stop");
  escape();
  expect(page.sent("cancel")).toEqual([]);
  escape();
  expect(page.sent("cancel")).toMatchObject([{ turn: "t1" }]);
  vi.useRealTimers();
});

test("a file without a word, or one that cannot go along, is not sent", async () => {
  act(() => { page.client.attached.add("s1", [new File(["x"], "big.bin")], () => "Too large"); });
  expect(screen.getByTestId("attached-file").textContent).toContain("Too large");
  await userEvent.type(field(), "look{Enter}");
  expect(page.sent("prompt")).toEqual([]);
  await userEvent.click(screen.getByTestId("attached-remove"));
  act(() => { page.client.attached.restore("s1", ["a1"]); });
  await userEvent.type(field(), "{Enter}");
  expect(page.sent("prompt")).toMatchObject([{ text: "look", attachments: ["a1"] }]);
});

test("where the browser does not let a field grow, it is made as high as its lines, and lower again", () => {
  vi.stubGlobal("CSS", { supports: () => false });
  vi.spyOn(Element.prototype, "scrollHeight", "get").mockImplementation(function lines(this: Element) {
    if (!(this instanceof HTMLTextAreaElement)) return 0;
    return 20 * this.value.split("\n").length + (this.style.height === "auto" ? 0 : 1000); // as browsers do: never less than it is high
  });
  const height = (value: string) => {
    fireEvent.change(field(), { target: { value } });
    return field().style.height;
  };
  expect([height("one"), height("one\ntwo\nthree"), height("one")]).toEqual(["20px", "60px", "20px"]);
});
