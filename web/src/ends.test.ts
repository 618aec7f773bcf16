import { expect, test, vi } from "vitest";
import { Ends } from "./ends";
import type { SessionRow, Sessions } from "./protocol";

const row = (id: string, state: SessionRow["state"], lastActivity = 1) => ({ id, state, lastActivity }) as SessionRow;

/** The ends that are told, as "id state". */
function watched() {
  const ends = new Ends();
  const told: string[] = [];
  ends.last.subscribe(() => {
    const last = ends.last.get();
    told.push(`${last?.id} ${last?.state}`);
  });
  const hint = (...upserts: SessionRow[]) => { ends.onFrame({ type: "sessions", revision: 1, upserts }); };
  return { ends, told, hint };
}

test("an end is told once, and only of a session that was at work", () => {
  const { told, hint } = watched();
  hint(row("a", "idle"), row("b", "running"));
  hint(row("b", "waiting"));
  hint(row("b", "failed"), row("a", "idle", 2));
  hint(row("b", "failed", 2));
  expect(told).toEqual(["b failed"]);
});

test("what ended while there was no connection is told when it is back", async () => {
  const { ends, told, hint } = watched();
  hint(row("a", "running"), row("b", "stalled"));
  vi.stubGlobal("fetch", (address: string) => Promise.resolve(Response.json(row(address.slice(-1), address.endsWith("a") ? "idle" : "running"))));
  await ends.recheck();
  expect(told).toEqual(["a idle"]);
});

test("a turn that began and ended between two hints is told, once", () => {
  const { ends, told } = watched();
  const hint = (more: Partial<Sessions>, ...upserts: SessionRow[]) => { ends.onFrame({ type: "sessions", revision: 1, upserts, ...more }); };
  hint({ ends: ["a"] }, row("a", "idle", 2), row("b", "idle", 2));
  expect(told).toEqual(["a idle"]);
  // The row of c was read before its end was named.
  hint({}, row("c", "running", 3));
  hint({}, row("c", "idle", 4));
  hint({ ends: ["c"] }, row("c", "idle", 4));
  expect(told).toEqual(["a idle", "c idle"]);
  hint({ ends: ["a"] }, row("a", "failed", 5));
  expect(told).toEqual(["a idle", "c idle", "a failed"]);
});

test("what is put away ends in silence", () => {
  const { ends, told, hint } = watched();
  hint(row("a", "running"));
  ends.onFrame({ type: "sessions", revision: 2, removes: ["a"] });
  hint(row("a", "idle"));
  expect(told).toEqual([]);
});
