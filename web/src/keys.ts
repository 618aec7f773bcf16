/** The page's keys: which do what, and whether single ones do anything. */

import { commands, type Command } from "./commands";
import { Store } from "./store";

const PLACE = "antiphon.single-keys";
const WRITES = "input, textarea, select, [contenteditable]";

/** Keys without Ctrl or ⌘ (`?`, 1 … 9): speech input and some keyboards press them unasked, so they can be switched off. */
export const singleKeys = new Store<boolean>(localStorage.getItem(PLACE) !== "off");

export function setSingleKeys(on: boolean): void {
  singleKeys.set(on);
  if (on) localStorage.removeItem(PLACE);
  else localStorage.setItem(PLACE, "off");
}

const APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** As people read it: `⌘ K`, `Ctrl K`, `?`. */
export function keyName(key: string): string {
  return key
    .split("+")
    .map((part) => (part === "mod" ? (APPLE ? "⌘" : "Ctrl") : part.length === 1 ? part.toUpperCase() : part))
    .join(" ");
}

/** Runs the command whose key is pressed. Single keys are the text's while one writes, and nothing's while a dialog is open. */
export function followKeys(): () => void {
  const onKey = (event: KeyboardEvent) => {
    const command = commands().find((one) => one.key && isPressed(one.key, event));
    if (!command || event.defaultPrevented) return;
    event.preventDefault();
    command.run();
  };
  document.addEventListener("keydown", onKey);
  return () => {
    document.removeEventListener("keydown", onKey);
  };
}

function isPressed(key: NonNullable<Command["key"]>, event: KeyboardEvent): boolean {
  const mod = key.startsWith("mod+");
  if (event.repeat || event.altKey || (event.ctrlKey || event.metaKey) !== mod) return false;
  if (event.key.toLowerCase() !== key.replace("mod+", "")) return false;
  if (mod) return true;
  const writes = event.target instanceof Element && event.target.closest(WRITES) !== null;
  return singleKeys.get() && !writes && !document.querySelector("dialog[open]");
}
