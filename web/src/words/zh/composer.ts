import type { composer as en } from "../en/composer";
import type { Translated } from "../translated";

export const composer: Translated<typeof en> = {};
