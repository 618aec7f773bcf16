import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { comments } from "../comments";
import type { ChangedFile, Project } from "../protocol";
import { openPage, show, type OpenPage } from "../testing/page";
import { ChangesView } from "./changes-view";

const PROJECT = { id: "p1", name: "demo", path: "/home/you/demo", trusted: true } as Project;

let page: OpenPage;
let files: ChangedFile[];
/** What the server answers about a.py; undefined: it fails. */
let patch: string[] | undefined;

beforeEach(async () => {
  Element.prototype.scrollIntoView = () => undefined; // jsdom has none
  page = await openPage();
  comments.set({});
  changes(["+one", "+two", "+three"]);
  vi.stubGlobal("fetch", (address: string) => {
    if (!address.includes("/patch")) return Promise.resolve(Response.json({ before: "b", after: "a", files, total: files.length }));
    if (!patch) return Promise.resolve(Response.json({ code: "busy", message: "Not now." }, { status: 503 }));
    return Promise.resolve(Response.json({ text: patchOf(patch), cut: false }));
  });
});

/** From now on these are the lines of a.py: another version of it. */
function changes(lines?: string[]): void {
  patch = lines;
  files = [{ path: "a.py", kind: "modified", version: lines?.join() ?? "failed", added: 3, deleted: 0 }];
}

const patchOf = (lines: string[]) => {
  const added = lines.filter((line) => !line.startsWith("-")).length;
  return `diff --git a/a.py b/a.py\nindex 1..2 100644\n--- a/a.py\n+++ b/a.py\n@@ -1,${lines.length - added} +1,${added} @@\n${lines.join("\n")}\n`;
};

const view = () => show(page, <ChangesView project={PROJECT} />);
const again = (lines?: string[]) => {
  changes(lines);
  fireEvent.click(screen.getByTestId("changes-again"));
};
const field = () => screen.getByTestId<HTMLTextAreaElement>("comment");
const number = async (text: string) => {
  const line = (await screen.findByText(text)).closest("tr");
  return line?.querySelector(".diff-gutter:last-of-type") ?? line?.querySelectorAll(".diff-gutter")[1] ?? document.body;
};
const begin = async (text: string, words: string) => {
  fireEvent.click(await number(text));
  await userEvent.type(field(), words);
};
const add = () => {
  fireEvent.click(screen.getByTestId("comment-add"));
  return page.client.drafts.get("s1");
};

test("the file changes while one writes: the words, the lines and the caret stay", async () => {
  view();
  await begin("two", "Why two?");
  field().setSelectionRange(3, 3);
  again(["+zero", "+one", "+two", "+three"]);
  await screen.findByText("zero");
  expect(field().closest("tr")?.previousElementSibling?.textContent).toContain("two");
  expect(screen.queryByTestId("comment-moved")).toBeNull();
  await waitFor(() => { expect(document.activeElement).toBe(field()); });
  await userEvent.keyboard(" not");
  expect(add()).toBe("> `a.py:2`\n> + two\n\nWhy not two?\n");
  expect(screen.queryByTestId("comment-box")).toBeNull();
});

test("the lines themselves change: the quote is what was read, and stands above the others", async () => {
  view();
  await begin("two", "Why two?");
  again(["+one", "+deux", "+three"]);
  await screen.findByText("deux");
  expect(screen.getByTestId("comment-moved").textContent).toContain("+ two");
  expect(add()).toBe("> `a.py:2`\n> + two\n\nWhy two?\n");
});

test("a shift-click takes more lines and keeps the words, another click too", async () => {
  view();
  await begin("one", "Both");
  fireEvent.click(await number("two"), { shiftKey: true });
  expect(field().value).toBe("Both");
  await waitFor(() => { expect(document.activeElement).toBe(field()); });
  fireEvent.click(await number("three"));
  expect(field().value).toBe("Both");
  fireEvent.click(await number("two"), { shiftKey: true });
  expect(add()).toBe("> `a.py:2-3`\n> + two\n> + three\n\nBoth\n");
});

test("Escape keeps what has words and closes what has none; Cancel gives it up", async () => {
  view();
  await begin("two", "Kept");
  await userEvent.keyboard("{Escape}");
  expect(document.activeElement).toBe(screen.getByTestId("patch"));
  await userEvent.keyboard("{Escape}{ArrowUp}c");
  expect(field().value).toBe("Kept");
  expect(document.activeElement).toBe(field());
  fireEvent.click(screen.getByText("Cancel"));
  expect(screen.queryByTestId("comment")).toBeNull();
  fireEvent.click(await number("two"));
  expect(field().value).toBe("");
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByTestId("comment")).toBeNull();
});

test("the words outlive a folded file and another tab of the session", async () => {
  const shown = view();
  await begin("two", "Kept");
  fireEvent.click(screen.getByTestId("changed-file-name"));
  expect(screen.queryByTestId("comment")).toBeNull();
  fireEvent.click(screen.getByTestId("changed-file-name"));
  await screen.findByText("two");
  expect(field().value).toBe("Kept");
  shown.unmount();
  view();
  await screen.findByText("two");
  expect(add()).toBe("> `a.py:2`\n> + two\n\nKept\n");
});

test("a look that fails is told above the lines that are there", async () => {
  view();
  await begin("two", "Kept");
  again();
  await screen.findByTestId("problem");
  expect(field().value).toBe("Kept");
  expect(screen.getByTestId("patch").textContent).toContain("two");
});

test("the file is changed no longer, as after a commit: its comment is still there", async () => {
  view();
  await begin("two", "Kept");
  files = [];
  fireEvent.click(screen.getByTestId("changes-again"));
  await screen.findByTestId("changes-none");
  expect(screen.getByTestId("comment-moved").textContent).toContain("+ two");
  act(() => { field().focus(); });
  expect(add()).toBe("> `a.py:2`\n> + two\n\nKept\n");
});
