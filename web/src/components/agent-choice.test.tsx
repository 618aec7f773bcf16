import { expect, test } from "vitest";
import { PRACTICE } from "../testing/page";
import { usualAgent } from "./agent-choice";

const agent = (id: string, found: boolean) => ({ ...PRACTICE, id, readiness: { found } });

test("where nothing was chosen it is the server's first agent, unless that one cannot be used here", () => {
  const all = [agent("claude", true), agent("practice", true), agent("gemini", true)];
  expect(usualAgent(all, "claude")).toBe("claude");
  expect(usualAgent([agent("claude", false), ...all.slice(1)], "claude")).toBe("gemini");
  expect(usualAgent([agent("claude", false), agent("practice", true), agent("gemini", false)], "claude")).toBe("practice");
  expect(usualAgent([agent("claude", false)], "claude")).toBe("claude"); // it says what is missing
});

test("the server's first agent is taken while it is being looked at, whatever is known of the others", () => {
  const first = { ...agent("claude", true), readiness: undefined };
  expect(usualAgent([first, agent("gemini", true), agent("practice", true)], "claude")).toBe("claude");
});

test("as long as it is not known what can be used, none is taken; where it will not be known, the first", () => {
  expect(usualAgent(undefined, "claude")).toBeUndefined();
  expect(usualAgent(undefined, "claude", true)).toBe("claude");
});
