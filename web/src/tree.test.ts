import { expect, test } from "vitest";
import type { FileEntry } from "./protocol";
import { above, linesIn, rowsOf, withPage, type Folder } from "./tree";

const entry = (name: string, kind: FileEntry["kind"] = "file"): FileEntry => ({ name, kind, size: 1, ignored: false });
const folder = (...entries: FileEntry[]): Folder => ({ entries, left: 0, next: null });
const shape = (folders: Map<string, Folder>, open: string[]) =>
  rowsOf(folders, new Set(open)).map(({ kind, path, depth }) => `${"  ".repeat(depth)}${kind} ${path}`);

test("what is open stands below its folder; what is not loaded yet, is empty or goes on says so", () => {
  const folders = new Map([
    ["", { ...folder(entry("src", "folder"), entry("empty", "folder"), entry("far", "folder"), entry("a")), left: 7, next: 4 }],
    ["src", folder(entry("b"))],
    ["empty", folder()],
  ]);
  expect(shape(folders, ["src", "empty", "far"])).toEqual([
    "entry src", "  entry src/b", "entry empty", "  empty empty", "entry far", "  loading far", "entry a", "more ",
  ]);
  expect(shape(folders, [])).toEqual(["entry src", "entry empty", "entry far", "entry a", "more "]);
});

test("a first page makes a folder anew, a later one adds to it", () => {
  const page = (names: string[], next: number | null) => ({ path: "", entries: names.map((name) => entry(name)), total: 3, next });
  const first = withPage(undefined, page(["a", "b"], 2), 0);
  expect([first.left, first.next]).toEqual([1, 2]);
  const all = withPage(first, page(["c"], null), 2);
  expect([all.entries.map(({ name }) => name), all.left]).toEqual([["a", "b", "c"], 0]);
  expect(withPage(all, page(["a", "b"], 2), 0).entries).toHaveLength(2);
});

test("the folders above a file, and the lines of an address", () => {
  expect(above("a/b/c.py")).toEqual(["a", "a/b"]);
  expect(above("c.py")).toEqual([]);
  expect(linesIn("#L10")).toEqual({ from: 10, to: 10 });
  expect(linesIn("#L20-L10")).toEqual({ from: 10, to: 20 });
  expect(linesIn("#item=1")).toBeUndefined();
});
