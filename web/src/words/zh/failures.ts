import type { failures as en } from "../en/failures";
import type { Translated } from "../translated";

export const failures: Translated<typeof en> = {};
