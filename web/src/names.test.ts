import { expect, test } from "vitest";
import { modelName, modeName } from "./names";

test("modes read as what they do; unknown ones as words", () => {
  expect(["default", "acceptEdits", "plan", "bypassPermissions", "autoEdit", "yolo", "read-only"].map(modeName)).toEqual([
    "Asks first",
    "Accepts edits",
    "Plans only",
    "Asks nothing",
    "Auto edit",
    "Yolo",
    "Read only",
  ]);
});

test("a model's alias gets a capital; its exact id stays as it is", () => {
  expect(["default", "opus", "claude-opus-4-5", "opus[1m]"].map(modelName)).toEqual([
    "Usual model",
    "Opus",
    "claude-opus-4-5",
    "opus[1m]",
  ]);
});
