import type { agents as en } from "../en/agents";
import type { Translated } from "../translated";

export const agents: Translated<typeof en> = {};
