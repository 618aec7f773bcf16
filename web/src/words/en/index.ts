/** English, by area. The other languages have exactly these keys. */

import { shell } from "./shell";
import { list } from "./list";
import { transcript } from "./transcript";
import { composer } from "./composer";
import { approvals } from "./approvals";
import { agents } from "./agents";
import { changes } from "./changes";
import { settings } from "./settings";
import { failures } from "./failures";
import { page } from "./page";

export const en = {
  ...shell,
  ...list,
  ...transcript,
  ...composer,
  ...approvals,
  ...agents,
  ...changes,
  ...settings,
  ...failures,
  ...page,
} as const;
