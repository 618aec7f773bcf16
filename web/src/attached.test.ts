import { beforeEach, expect, test } from "vitest";
import { Attached, hindranceOf } from "./attached";
import type { OwnStorage } from "./kept";
import { KnownFiles } from "./known-files";
import { FakeUpload, fakeUploads } from "./testing/fake-upload";
import { ownStorage, tellsTabs } from "./testing/tabs";

const ID = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const PNG = { id: ID, name: "a.png", mediaType: "image/png", size: 3 };
const fine = () => undefined;
const picture = () => new File(["png"], "a.png", { type: "image/png" });
const make = (own?: () => OwnStorage) => new Attached(new KnownFiles(), own);

let attached: Attached;
const only = () => attached.of("s1")[0];

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  fakeUploads();
  attached = make();
});

test("a file is uploaded at once, says how far it is, and goes along by its id", () => {
  attached.add("s1", [picture()], fine);
  expect(FakeUpload.last.address).toContain("api/attachments?name=a.png");
  FakeUpload.last.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 4 });
  expect(only()).toMatchObject({ name: "a.png", progress: 0.25 });
  FakeUpload.last.answers(201, PNG);
  expect(only()).toMatchObject({ ...PNG, progress: undefined });
  expect(attached.take("s1")).toEqual([ID]);
  expect(attached.of("s1")).toEqual([]);
});

test("what is uploaded survives a reload; what was under way does not", () => {
  attached.add("s1", [picture(), new File(["x"], "late.txt")], fine);
  FakeUpload.made[0]?.answers(201, PNG);
  expect(make().of("s1")).toMatchObject([PNG]);
  attached.take("s1");
  expect(make().of("s1")).toEqual([]);
});

test("one that cannot go along says why and is not uploaded; it is not sent", () => {
  attached.add("s1", [picture()], ({ size }) => `${size} is too much`);
  expect(only()).toMatchObject({ problem: "3 is too much" });
  expect(FakeUpload.made).toEqual([]);
  expect(attached.take("s1")).toEqual([]);
});

test("a prompt takes what is uploaded only: what is under way goes on in its place, and what failed stays", () => {
  attached.add("s1", [picture(), new File(["x"], "late.txt")], fine);
  attached.add("s1", [new File(["y"], "large.txt")], () => "too much");
  FakeUpload.made[0]?.answers(201, PNG);
  expect(attached.take("s1")).toEqual([ID]);
  expect(FakeUpload.last.aborted).toBe(false);
  expect(attached.of("s1")).toMatchObject([{ name: "late.txt", progress: 0 }, { name: "large.txt", problem: "too much" }]);
  FakeUpload.last.answers(201, { ...PNG, id: "later" });
  expect(attached.take("s1")).toEqual(["later"]);
});

test("what is not uploaded yet goes on where the person writes then", () => {
  attached.add("new:p1", [picture()], fine);
  expect(attached.take("new:p1", "s1")).toEqual([]);
  FakeUpload.last.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 2 });
  expect(only()).toMatchObject({ name: "a.png", progress: 0.5 });
  FakeUpload.last.answers(201, PNG);
  expect(only()).toMatchObject(PNG);
  expect(make().of("s1")).toMatchObject([PNG]);
  expect(attached.of("new:p1")).toEqual([]);
  attached.add("new:p1", [picture()], fine);
  attached.take("new:p1", "s1");
  expect(attached.of("s1")).toMatchObject([PNG, { progress: 0 }]);
});

test("why not all can go along: a failure first, as it wants the person", () => {
  const one = { key: "k", name: "a.png", mediaType: "image/png", size: 3 };
  expect(hindranceOf([])).toBeUndefined();
  expect(hindranceOf([{ ...one, id: ID }])).toBeUndefined();
  expect(hindranceOf([{ ...one, id: ID }, { ...one, progress: 0.4 }])).toBe("under-way");
  expect(hindranceOf([{ ...one, progress: 0.4 }, { ...one, problem: "too much" }])).toBe("failed");
});

test("a server that is not there is told, and tried again; what it refuses is not", () => {
  attached.add("s1", [picture()], fine);
  FakeUpload.last.onerror?.();
  expect(only()).toMatchObject({ again: true, served: false, problem: "The server cannot be reached. Is it running?" });
  attached.retry(only()?.key ?? "");
  expect(only()?.problem).toBeUndefined();
  FakeUpload.last.answers(413, { code: "too-large", message: "Too large." });
  expect(only()).toMatchObject({ again: false, served: true, problem: "Too large." });
});

test("taken away, an upload is broken off", () => {
  attached.add("s1", [picture()], fine);
  attached.remove("s1", only()?.key ?? "");
  expect(FakeUpload.last.aborted).toBe(true);
  expect(attached.of("s1")).toEqual([]);
});

test("what was not taken comes back once, with what is known of it", () => {
  attached.known.add([PNG]);
  attached.restore("s1", [ID]);
  attached.restore("s1", [ID]);
  expect(attached.of("s1")).toMatchObject([PNG]);
});

test("what another tab sends takes no file away that is uploaded here", () => {
  tellsTabs();
  const [here, there] = [ownStorage(), ownStorage()];
  attached = make(here);
  const other = make(there);
  expect(other.of("s1")).toEqual([]);
  attached.add("s1", [picture()], fine);
  FakeUpload.last.answers(201, PNG);
  other.add("s1", [new File(["x"], "b.txt")], fine);
  FakeUpload.last.answers(201, { ...PNG, id: "another", name: "b.txt" });
  expect(other.take("s1")).toEqual(["another"]);
  expect(make(here).of("s1")).toMatchObject([PNG]);
  expect(make(ownStorage()).of("s1")).toMatchObject([PNG]);
});
