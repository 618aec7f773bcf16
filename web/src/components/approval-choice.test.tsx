import { act, fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ApprovalRequested } from "../protocol";
import { SETTLE_MS } from "../still";
import { logged } from "../testing/history";
import { openPage, show, type OpenPage } from "../testing/page";
import { ApprovalView } from "./approval";
import { Dock } from "./dock";

let page: OpenPage;
let seq = 1;

beforeEach(async () => {
  page = await openPage();
  seq = 1;
  await page.happens(logged([{ type: "turn-started", text: "go", turn: "t1" }]));
});
afterEach(() => {
  vi.useRealTimers();
});

type Asked = Omit<ApprovalRequested, "type" | "seq" | "at" | "turn">;

const permission: Asked = {
  approval: "p1",
  kind: "permission",
  title: "Run npm test",
  options: [
    { id: "once", label: "Allow once", kind: "allow-once" },
    { id: "always", label: "Always allow Bash(npm test:*)", kind: "allow-always", rule: "Bash(npm test:*)", scope: "in this project" },
    { id: "no", label: "Reject", kind: "reject-once" },
    { id: "stop", label: "Reject and stop", kind: "reject-stop" },
  ],
  fields: [{ id: "message", label: "What to do instead?" }],
};

async function ask(asked: Asked) {
  seq += 1;
  const [request] = logged([{ type: "approval-requested", ...asked, turn: "t1" }], seq);
  if (request?.type !== "approval-requested") throw new Error("not asked");
  await act(() => page.happens([request]));
  return show(page, <ApprovalView card={{ kind: "approval", request }} />);
}

test("an allowance for always says what it allows and how far", async () => {
  await ask(permission);
  expect(screen.getByTestId("approval-option-allow-always").textContent).toMatch(/^Always allow Bash\(npm test:\*\)in this project/);
  expect(screen.getByText("Bash(npm test:*)").tagName).toBe("CODE");
  await userEvent.click(screen.getByTestId("approval-option-allow-always"));
  expect(page.sent("answer")).toMatchObject([{ option: "always" }]);
});

test("a word to the agent goes with a refusal, by button or Enter, and never with an allowance", async () => {
  await ask(permission);
  await userEvent.type(screen.getByTestId("approval-reason"), "use pnpm{Enter}");
  expect(page.sent("answer")).toMatchObject([{ option: "no", fields: { message: "use pnpm" } }]);
  await ask({ ...permission, approval: "p2" });
  await userEvent.type(screen.getByTestId("approval-reason"), "stop here");
  await userEvent.click(screen.getByTestId("approval-option-reject-stop"));
  expect(page.sent("answer").at(-1)).toMatchObject({ approval: "p2", option: "stop", fields: { message: "stop here" } });
  await ask({ ...permission, approval: "p3" });
  await userEvent.type(screen.getByTestId("approval-reason"), "hm");
  await userEvent.click(screen.getByTestId("approval-option-allow-once"));
  expect(page.sent("answer").at(-1)).toMatchObject({ approval: "p3", option: "once" });
  expect(page.sent("answer").at(-1)?.fields).toEqual({});
});

test("Enter without a word refuses nothing, and an empty word is not sent", async () => {
  await ask(permission);
  await userEvent.type(screen.getByTestId("approval-reason"), "{Enter}");
  expect(page.sent("answer")).toEqual([]);
  await userEvent.type(screen.getByTestId("approval-reason"), "x{Backspace}");
  await userEvent.click(screen.getByTestId("approval-option-reject-once"));
  expect(page.sent("answer")).toMatchObject([{ option: "no" }]);
  expect(page.sent("answer")[0]?.fields).toEqual({});
});

test("the number keys choose, but not in a text, not with another key held, and not in the card's first moment", async () => {
  show(page, <Dock />);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await ask(permission);
  act(() => { vi.advanceTimersByTime(SETTLE_MS - 200); });
  fireEvent.keyDown(document.body, { key: "1" });
  expect(page.sent("answer")).toEqual([]);
  act(() => { vi.advanceTimersByTime(SETTLE_MS); });
  fireEvent.keyDown(screen.getByTestId("composer"), { key: "1" });
  fireEvent.keyDown(document.body, { key: "1", ctrlKey: true });
  fireEvent.keyDown(document.body, { key: "9" });
  expect(page.sent("answer")).toEqual([]);
  fireEvent.keyDown(document.body, { key: "2" });
  fireEvent.keyDown(document.body, { key: "1" });
  expect(page.sent("answer")).toMatchObject([{ approval: "p1", option: "always" }]);
});

const questions: Asked = {
  approval: "q1",
  kind: "question",
  title: "Two questions",
  options: [{ id: "answer", label: "Answer" }],
  fields: [
    { id: "db", label: "Which database?", choices: ["SQLite", "PostgreSQL"], descriptions: ["One file", ""], required: true },
    { id: "os", label: "Where does it run?", choices: ["Linux", "macOS", "Windows"], multiple: true },
  ],
};

test("of several questions each has its own answer; some take several", async () => {
  await ask(questions);
  await userEvent.click(screen.getByLabelText(/^SQLite/));
  await userEvent.click(screen.getByLabelText("Linux"));
  await userEvent.click(screen.getByLabelText("Windows"));
  await userEvent.click(screen.getByRole("button", { name: "Answer" }));
  expect(page.sent("answer")).toMatchObject([{ fields: { db: "SQLite", os: ["Linux", "Windows"] } }]);
});

test("words of one's own stand for none of the choices, or beside some where several may be", async () => {
  await ask(questions);
  const sqlite = screen.getByLabelText<HTMLInputElement>(/^SQLite/);
  await userEvent.click(sqlite);
  await userEvent.type(screen.getByLabelText("Something else: Which database?"), "DuckDB");
  expect(sqlite.checked).toBe(false);
  await userEvent.click(screen.getByLabelText("Linux"));
  await userEvent.type(screen.getByLabelText("Something else: Where does it run?"), "Haiku");
  await userEvent.click(screen.getByRole("button", { name: "Answer" }));
  expect(page.sent("answer")).toMatchObject([{ fields: { db: "DuckDB", os: ["Linux", "Haiku"] } }]);
});

test("a choice takes back the words of one's own", async () => {
  await ask(questions);
  const own = screen.getByLabelText<HTMLInputElement>("Something else: Which database?");
  await userEvent.type(own, "DuckDB");
  await userEvent.click(screen.getByLabelText("PostgreSQL"));
  await userEvent.click(screen.getByLabelText("Linux"));
  expect(own.value).toBe("");
  await userEvent.click(screen.getByRole("button", { name: "Answer" }));
  expect(page.sent("answer")).toMatchObject([{ fields: { db: "PostgreSQL" } }]);
});

test("a plan's words are shown as markdown, and a refusal takes a word", async () => {
  await ask({ ...permission, approval: "plan", kind: "plan", title: "Ready to code?", body: "## Steps\n\n1. Look" });
  expect(screen.getByRole("heading", { name: "Steps" })).toBeTruthy();
  expect(screen.getByTestId("approval-reason")).toBeTruthy();
});

test("the second click of a double click answers nothing: the next question stands where the last one stood", async () => {
  await ask(permission);
  fireEvent.click(screen.getByTestId("approval-option-allow-once"), { detail: 2 });
  expect(page.sent("answer")).toEqual([]);
  fireEvent.click(screen.getByTestId("approval-option-allow-once"), { detail: 1 });
  expect(page.sent("answer")).toMatchObject([{ option: "once" }]);
});

const question: Asked = {
  approval: "q1",
  kind: "question",
  title: "Which database?",
  options: [{ id: "answer", label: "Answer" }, { id: "skip", label: "Skip" }],
  fields: [{ id: "db", label: "Database", choices: ["SQLite", "PostgreSQL"] }, { id: "why", label: "Why" }],
};

test("what is filled in outlives its card, which scrolling takes away, and an answer that is taken back", async () => {
  const card = await ask(question);
  await userEvent.click(screen.getByLabelText("SQLite"));
  await userEvent.type(screen.getByLabelText("Why"), "it is small ");
  card.unmount();
  show(page, <ApprovalView card={{ kind: "approval", request: { type: "approval-requested", seq, at: 1, turn: "t1", ...question } }} />);
  expect(screen.getByLabelText<HTMLInputElement>("SQLite").checked).toBe(true);
  expect(screen.getByLabelText<HTMLTextAreaElement>("Why").value).toBe("it is small ");
  await userEvent.click(screen.getByRole("button", { name: "Answer" }));
  expect(page.sent("answer").at(-1)?.fields).toEqual({ db: "SQLite", why: "it is small " });
  act(() => { page.client.takeBack(page.sent("answer").at(-1)?.id ?? ""); });
  expect(screen.getByLabelText<HTMLInputElement>("SQLite").checked).toBe(true);
});

test("words of one's own may begin like a choice, and are sent without the spaces round them", async () => {
  await ask({ ...question, approval: "q2" });
  await userEvent.type(screen.getByTestId("own-words"), "SQLite 4 ");
  expect(screen.getByTestId<HTMLInputElement>("own-words").value).toBe("SQLite 4 ");
  await userEvent.click(screen.getByRole("button", { name: /Answer/ }));
  expect(page.sent("answer").at(-1)?.fields).toEqual({ db: "SQLite 4" });
});

test("a card takes no click for a moment after another question came: it was meant for what stood there", async () => {
  const { container } = await ask(permission);
  const taps = () => container.querySelector("footer")?.style.pointerEvents;
  expect(taps()).toBe("");
  const [second] = logged([{ type: "approval-requested", ...question, turn: "t1" }], seq + 1);
  if (second) act(() => { page.comes([second]); });
  await vi.waitUntil(() => taps() === "none");
});
