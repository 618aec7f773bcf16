import type { changes as en } from "../en/changes";
import type { Translated } from "../translated";

export const changes: Translated<typeof en> = {};
