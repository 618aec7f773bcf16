import { beforeEach, expect, test, vi } from "vitest";
import { storageKey } from "./address";
import { ASK_AFTER, Outbox } from "./outbox";
import type { EffectCommand } from "./protocol";

let live: boolean;
let sent: string[];

const prompt = (id: string, session = "s1"): EffectCommand => ({ type: "prompt", id, session, text: `text of ${id}` });
const ids = (outbox: Outbox) => outbox.pending.get().map(({ command }) => command.id);

function page(): Outbox {
  return new Outbox((command) => {
    if (live) sent.push(command.id);
    return live;
  });
}

beforeEach(() => {
  localStorage.clear();
  live = true;
  sent = [];
});

test("a command is sent at once, kept until its reply, and then forgotten for good", () => {
  const outbox = page();
  outbox.add(prompt("c1"), "u1");
  expect(sent).toEqual(["c1"]);
  expect(ids(outbox)).toEqual(["c1"]);
  expect(outbox.remove("c1")?.command.id).toBe("c1");
  const reloaded = page();
  reloaded.adopt("u1", true);
  expect(ids(reloaded)).toEqual([]);
});

test("what has no reply survives a reload and is sent again with the same id, in order", () => {
  live = false;
  const outbox = page();
  outbox.add(prompt("c1"), "u1");
  outbox.add(prompt("c2"), "u1");
  live = true;
  const reloaded = page();
  reloaded.adopt("u1", true);
  reloaded.flush("s1");
  expect(sent).toEqual(["c1", "c2"]);
});

test("after a reconnect everything unanswered is sent again: the id makes it one effect", () => {
  const outbox = page();
  outbox.add(prompt("c1"), "u1");
  outbox.add(prompt("c2", "s2"), "u1");
  outbox.flush("s1");
  expect(sent).toEqual(["c1", "c2", "c1"]);
  outbox.flush(undefined, ["s1"]);
  expect(sent).toEqual(["c1", "c2", "c1", "c2"]);
});

test("what is older than five minutes asks before it is sent, and is sent when the person says so", () => {
  vi.useFakeTimers();
  live = false;
  page().add(prompt("c1"), "u1");
  vi.setSystemTime(Date.now() + ASK_AFTER + 1000);
  live = true;
  const reloaded = page();
  reloaded.adopt("u1", true);
  reloaded.flush("s1");
  reloaded.remind();
  expect(sent).toEqual([]);
  expect(reloaded.pending.get()[0]?.ask).toBe(true);
  reloaded.confirm("c1");
  expect(sent).toEqual(["c1"]);
  expect(reloaded.pending.get()[0]?.ask).toBe(false);
  vi.useRealTimers();
});

test("a deleted command is never sent", () => {
  live = false;
  const outbox = page();
  outbox.add(prompt("c1"), "u1");
  outbox.remove("c1");
  live = true;
  outbox.flush("s1");
  const reloaded = page();
  reloaded.adopt("u1", true);
  reloaded.flush("s1");
  expect(sent).toEqual([]);
});

test("another person's commands are not sent", () => {
  live = false;
  page().add(prompt("c1"), "u1");
  live = true;
  const reloaded = page();
  reloaded.adopt("u2", true);
  reloaded.flush("s1");
  expect(sent).toEqual([]);
});

test("another open tab's fresh command is left to that tab; one left behind is taken over", () => {
  vi.useFakeTimers();
  live = false;
  page().add(prompt("c1"), "u1");
  const other = page();
  other.adopt("u1", false);
  expect(ids(other)).toEqual([]);
  vi.setSystemTime(Date.now() + 60_000);
  other.adopt("u1", false);
  expect(ids(other)).toEqual(["c1"]);
  vi.useRealTimers();
});

test("what another tab saw answered or deleted is let go here", () => {
  live = false;
  page().add(prompt("c1"), "u1");
  const other = page();
  other.adopt("u1", true);
  window.dispatchEvent(new StorageEvent("storage", { key: storageKey("outbox:c1"), newValue: null }));
  expect(ids(other)).toEqual([]);
});

test("no reply for 15 s on a live connection: it is sent once more", () => {
  vi.useFakeTimers();
  const outbox = page();
  outbox.add(prompt("c1"), "u1");
  outbox.remind();
  expect(sent).toEqual(["c1"]);
  vi.setSystemTime(Date.now() + 16_000);
  outbox.remind();
  outbox.remind();
  expect(sent).toEqual(["c1", "c1"]);
  vi.useRealTimers();
});

test("what was never sent, since nobody follows its session any more, goes by itself; what is old asks", () => {
  vi.useFakeTimers();
  live = false;
  const outbox = page();
  outbox.add(prompt("c1"), "u1");
  live = true;
  outbox.remind();
  expect(sent).toEqual([]); // its session may yet be subscribed
  vi.setSystemTime(Date.now() + 16_000);
  outbox.remind();
  expect(sent).toEqual(["c1"]);
  live = false;
  outbox.add(prompt("c2"), "u1");
  vi.setSystemTime(Date.now() + ASK_AFTER + 1000);
  live = true;
  outbox.remind();
  expect(outbox.find("c2")?.ask).toBe(true);
  expect(sent).not.toContain("c2");
  vi.useRealTimers();
});

test("a browser that cannot store says so, and the command is sent all the same", () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const outbox = page();
  expect(outbox.add(prompt("c1"), "u1")).toBe(false);
  expect(sent).toEqual(["c1"]);
});

test("what stands in the storage and is not ours harms nothing", () => {
  localStorage.setItem(storageKey("outbox:x"), "{half");
  localStorage.setItem(storageKey("outbox:y"), '{"command":{}}');
  const outbox = page();
  outbox.adopt("u1", true);
  expect(ids(outbox)).toEqual([]);
});
