import { beforeEach, expect, test, vi } from "vitest";
import { Attached } from "./attached";
import type { OwnStorage } from "./kept";
import { KnownFiles } from "./known-files";
import { ownStorage, tellsTabs } from "./testing/tabs";

/** An upload that the test moves on. */
class FakeUpload {
  static made: FakeUpload[] = [];
  readonly upload: { onprogress?: (event: object) => void } = {};
  status = 0;
  response: unknown = null;
  aborted = false;
  address = "";
  onload?: () => void;
  onerror?: () => void;
  constructor() {
    FakeUpload.made.push(this);
  }
  open(_method: string, address: string): void {
    this.address = address;
  }
  setRequestHeader(): void {
    // not looked at
  }
  send(): void {
    // the test answers
  }
  abort(): void {
    this.aborted = true;
  }
  answers(status: number, response: unknown): void {
    Object.assign(this, { status, response });
    this.onload?.();
  }
}

const ID = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const PNG = { id: ID, name: "a.png", mediaType: "image/png", size: 3 };
const fine = () => undefined;
const picture = () => new File(["png"], "a.png", { type: "image/png" });
const make = (own?: () => OwnStorage) => new Attached(new KnownFiles(), own);

let attached: Attached;
const last = () => {
  const made = FakeUpload.made.at(-1);
  if (!made) throw new Error("nothing is uploaded");
  return made;
};
const only = () => attached.of("s1")[0];

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  FakeUpload.made = [];
  vi.stubGlobal("XMLHttpRequest", FakeUpload);
  attached = make();
});

test("a file is uploaded at once, says how far it is, and goes along by its id", () => {
  attached.add("s1", [picture()], fine);
  expect(last().address).toContain("api/attachments?name=a.png");
  last().upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 4 });
  expect(only()).toMatchObject({ name: "a.png", progress: 0.25 });
  last().answers(201, PNG);
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

test("a server that is not there is told, and tried again; what it refuses is not", () => {
  attached.add("s1", [picture()], fine);
  last().onerror?.();
  expect(only()).toMatchObject({ again: true, served: false, problem: "The server cannot be reached. Is it running?" });
  attached.retry("s1", only()?.key ?? "");
  expect(only()?.problem).toBeUndefined();
  last().answers(413, { code: "too-large", message: "Too large." });
  expect(only()).toMatchObject({ again: false, served: true, problem: "Too large." });
});

test("taken away, an upload is broken off", () => {
  attached.add("s1", [picture()], fine);
  attached.remove("s1", only()?.key ?? "");
  expect(last().aborted).toBe(true);
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
  last().answers(201, PNG);
  other.add("s1", [new File(["x"], "b.txt")], fine);
  last().answers(201, { ...PNG, id: "another", name: "b.txt" });
  expect(other.take("s1")).toEqual(["another"]);
  expect(make(here).of("s1")).toMatchObject([PNG]);
  expect(make(ownStorage()).of("s1")).toMatchObject([PNG]);
});
