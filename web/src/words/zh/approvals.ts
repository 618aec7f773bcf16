import type { approvals as en } from "../en/approvals";
import type { Translated } from "../translated";

export const approvals: Translated<typeof en> = {};
