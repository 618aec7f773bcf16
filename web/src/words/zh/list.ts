import type { list as en } from "../en/list";
import type { Translated } from "../translated";

export const list: Translated<typeof en> = {};
