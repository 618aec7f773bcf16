import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { logged } from "../testing/history";
import { openPage, show, type OpenPage } from "../testing/page";
import { fitting } from "./command-menu";
import { Dock } from "./dock";

const COMMANDS = [
  { name: "context", description: "What fills the context" },
  { name: "compact", description: "Make the conversation shorter" },
  { name: "pr-comments" },
];
let page: OpenPage;

beforeEach(async () => {
  Element.prototype.scrollIntoView = () => undefined; // jsdom has none
  page = await openPage();
  show(page, <Dock />);
  await act(() => page.happens(logged([{ type: "session-updated", commands: COMMANDS }])));
});

const field = () => screen.getByTestId<HTMLTextAreaElement>("composer");
const offered = () => screen.queryAllByTestId("command").map((one) => one.querySelector("code")?.textContent);

test("what begins so comes first, then what holds it; nothing without a slash or after the word", () => {
  expect(fitting(COMMANDS, "/com").map(({ name }) => name)).toEqual(["compact", "pr-comments"]);
  expect(fitting(COMMANDS, "com")).toEqual([]);
  expect(fitting(COMMANDS, "/compact now")).toEqual([]);
});

test("a slash offers the agent's commands; arrows choose, Enter takes, and the next Enter sends", async () => {
  await userEvent.type(field(), "/");
  expect(offered()).toEqual(["/context", "/compact", "/pr-comments"]);
  await userEvent.keyboard("{ArrowDown}");
  expect(field().getAttribute("aria-activedescendant")).toContain("compact");
  await userEvent.keyboard("{Enter}");
  expect(field().value).toBe("/compact ");
  expect(page.sent("prompt")).toEqual([]);
  await userEvent.keyboard("{Enter}");
  expect(page.sent("prompt")).toMatchObject([{ text: "/compact " }]);
});

test("a whole name is sent by Enter; Escape puts the list away until more is typed", async () => {
  await userEvent.type(field(), "/context{Enter}");
  expect(page.sent("prompt")).toMatchObject([{ text: "/context" }]);
  await userEvent.type(field(), "/{Escape}");
  expect(offered()).toEqual([]);
  await userEvent.type(field(), "c");
  expect(offered()).toEqual(["/context", "/compact", "/pr-comments"]);
});

test("a click takes one", async () => {
  await userEvent.type(field(), "/");
  await userEvent.click(screen.getByText("/pr-comments"));
  expect(field().value).toBe("/pr-comments ");
});
