import { expect, test } from "vitest";
import { keyOf, matches, ONLY, rowsOf, type Only } from "./list-filter";
import type { SessionRow } from "./protocol";

const row = (id: string, fields: Partial<SessionRow> = {}): SessionRow => ({
  id, project: "p1", projectName: "demo", provider: "practice", title: id, createdAt: 1, lastActivity: 1, ...fields,
});

const LIKE: Record<Only, Partial<SessionRow>[]> = {
  running: [{ state: "running" }, { state: "waiting" }, { state: "stalled" }],
  waiting: [{ state: "waiting" }],
  queued: [{ queued: 2 }],
  failed: [{ state: "failed" }, { state: "interrupted" }],
  unread: [{ unread: true }],
  starred: [{ starred: true }],
};

test.each(ONLY)("a list of what is %s shows that and nothing else", (only) => {
  for (const fields of LIKE[only]) expect(matches(row("a", fields), { only })).toBe(true);
  expect(matches(row("a"), { only })).toBe(false);
  expect(matches(row("a", { ...LIKE[only][0], trashed: true }), { only })).toBe(false);
});

test("of a project, of an agent, of both; each list has a name of its own", () => {
  const filters = [{}, { project: "p1" }, { provider: "practice" }, { project: "p1", provider: "practice" }, { only: "unread" as const }];
  expect(new Set(filters.map(keyOf)).size).toBe(filters.length);
  expect(keyOf({ project: "p1" })).toBe("p1");
  expect(matches(row("a"), { project: "p2" })).toBe(false);
  expect(matches(row("a"), { provider: "claude" })).toBe(false);
  expect(matches(row("a"), { project: "p1", provider: "practice" })).toBe(true);
});

test("what is older than the pages that are loaded stays out: another list knows it, and it would stand here with gaps", () => {
  const rows = new Map([row("new", { lastActivity: 30 }), row("edge", { lastActivity: 20 }), row("old", { lastActivity: 10 })].map((one) => [one.id, one]));
  expect(rowsOf(rows, {}, "20-7").map(({ id }) => id)).toEqual(["new", "edge"]);
  expect(rowsOf(rows, {}, null).map(({ id }) => id)).toEqual(["new", "edge", "old"]);
});
