/** What people read for the modes and models that agents name in their own notation. */

const MODES: Record<string, string> = {
  ask: "Asks first",
  default: "Asks first",
  acceptEdits: "Accepts edits",
  "accept-edits": "Accepts edits",
  plan: "Plans only",
  bypass: "Asks nothing",
  bypassPermissions: "Asks nothing",
  dontAsk: "Refuses what needs asking",
};

/** A mode in words; one that is not known as its agent calls it, with its words apart. */
export function modeName(mode: string): string {
  return MODES[mode] ?? capital(mode.replace(/[-_]+/g, " ").replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`));
}

/** A model in words: aliases such as `opus` get a capital, an exact id stays as it is. */
export function modelName(model: string): string {
  if (model === "default") return "Usual model";
  return /^[a-z]+$/.test(model) ? capital(model) : model;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
