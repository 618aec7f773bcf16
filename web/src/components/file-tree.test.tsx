import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Folders } from "../tree";
import { FileTree } from "./file-tree";

beforeEach(() => {
  vi.stubGlobal("ResizeObserver", class { observe() {} unobserve() {} disconnect() {} });
});
afterEach(cleanup);

function roleOf(folders: Folders): string | null {
  const tree = { folders, open: new Set<string>(), toggle: () => undefined, more: () => undefined };
  render(<FileTree tree={tree} name="demo" session="s1" />);
  return screen.getByTestId("file-tree").getAttribute("role");
}
const entry = { name: "a.txt", kind: "file" as const, size: 1, ignored: false };

test("with files it is a tree", () => {
  expect(roleOf(new Map([["", { entries: [entry], left: 0, next: null }]]))).toBe("tree");
});

test("while it loads, and of an empty folder, it is none: a tree without a branch is a riddle to a screen reader", () => {
  expect(roleOf(new Map())).toBe("group");
  cleanup();
  expect(roleOf(new Map([["", { entries: [], left: 0, next: null }]]))).toBe("group");
});
