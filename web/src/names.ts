/** What people read for the modes, models and efforts that agents name in their own notation. */

import { say, type Key } from "./words";

const MODES: Record<string, Key> = {
  ask: "mode.ask",
  default: "mode.ask",
  acceptEdits: "mode.accept-edits",
  "accept-edits": "mode.accept-edits",
  plan: "mode.plan",
  bypass: "mode.bypass",
  bypassPermissions: "mode.bypass",
  dontAsk: "mode.refuse",
};

const EFFORTS: Record<string, Key> = {
  none: "effort.none",
  minimal: "effort.minimal",
  low: "effort.low",
  medium: "effort.medium",
  high: "effort.high",
  xhigh: "effort.xhigh",
  max: "effort.max",
};

/** A mode in words; one that is not known as its agent calls it, with its words apart. */
export function modeName(mode: string): string {
  const known = MODES[mode];
  return known ? say(known) : capital(mode.replace(/[-_]+/g, " ").replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`));
}

/** A model in words: aliases such as `opus` get a capital, an exact id stays as it is. */
export function modelName(model: string): string {
  if (model === "default") return say("model.usual");
  return /^[a-z]+$/.test(model) ? capital(model) : model;
}

/** How much an agent thinks, in words. */
export function effortName(effort: string): string {
  const known = EFFORTS[effort];
  return known ? say(known) : capital(effort);
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
