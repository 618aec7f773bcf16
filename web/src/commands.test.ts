import { expect, test } from "vitest";
import { commands, fitting, offer } from "./commands";

const named = (...words: string[]) => words.map((one) => ({ id: one, words: one, run: () => undefined }));
const words = (found: readonly { words: string }[]) => found.map((one) => one.words);

test("what is offered last comes first, is asked anew each time, and goes when it is taken back", () => {
  let title = "Star";
  const taken = [offer(() => named("Settings", "Agents")), offer(() => named(title))];
  expect(words(commands())).toEqual(["Star", "Settings", "Agents"]);
  title = "Remove the star";
  expect(words(commands())).toEqual(["Remove the star", "Settings", "Agents"]);
  taken[1]?.();
  expect(words(commands())).toEqual(["Settings", "Agents"]);
  taken[0]?.();
});

test("of two with one name the nearer is there", () => {
  const far = offer(() => [{ id: "back", words: "To the projects", run: () => undefined }]);
  const near = offer(() => [{ id: "back", words: "To the list", run: () => undefined }]);
  expect(words(commands())).toEqual(["To the list"]);
  far();
  near();
});

test("all parts have to be in it; beginnings go before what is inside", () => {
  const all = named("New session", "Rename the session", "Settings", "Theme: dark");
  expect(words(fitting(all, "se"))).toEqual(["Settings", "New session", "Rename the session"]);
  expect(words(fitting(all, "session new"))).toEqual(["New session"]);
  expect(words(fitting(all, "DARK"))).toEqual(["Theme: dark"]);
  expect(words(fitting(all, "nothing"))).toEqual([]);
  expect(fitting(all, " ")).toHaveLength(4);
});

test("what else it is called finds it, too", () => {
  expect(fitting([{ words: "主题：深色", also: "theme dark" }], "dark")).toHaveLength(1);
});
