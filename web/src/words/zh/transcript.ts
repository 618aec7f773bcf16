import type { transcript as en } from "../en/transcript";
import type { Translated } from "../translated";

export const transcript: Translated<typeof en> = {};
