import { expect, test } from "vitest";
import { size } from "./settings-data";

test.each([
  [0, "0 kB"],
  [57, "0.1 kB"],
  [299_008, "299 kB"],
  [39_555_072, "39.6 MB"],
  [270_600_000_000, "270.6 GB"],
  [5_000_000_000_000_000, "5,000 TB"],
])("%d bytes are read as %s", (bytes, words) => {
  expect(size(bytes)).toBe(words);
});
