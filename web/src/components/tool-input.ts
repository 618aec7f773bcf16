/** What a tool was told, as a person reads it: by the names that agents give their inputs. Pure. */

import type { ToolCall } from "../protocol";
import { say, type Key } from "../words";

export interface Given {
  name: string;
  text: string;
  kind: "command" | "path" | "code" | "words" | "address" | "json";
}

interface Part {
  keys: readonly string[];
  name: Key;
  kind: Given["kind"];
}

const PATHS: Part = { keys: ["file_path", "notebook_path", "absolute_path", "path", "dir_path"], name: "tool.paths", kind: "path" };
const QUERY: Part = { keys: ["pattern", "query", "words", "regex", "search"], name: "tool.query", kind: "code" };

const PARTS: Partial<Record<NonNullable<ToolCall["tool"]>, readonly Part[]>> = {
  execute: [{ keys: ["command", "cmd"], name: "tool.command", kind: "command" }],
  read: [PATHS],
  search: [QUERY, PATHS],
  fetch: [{ keys: ["url"], name: "tool.address", kind: "address" }, { ...QUERY, kind: "words" }],
};

/** The parts of the input that say what the call is about; where none is known, the JSON as the agent gave it. */
export function given(call: ToolCall): Given[] {
  const input = tableOf(call.input);
  const found = (PARTS[call.tool ?? "other"] ?? []).flatMap((part) => read(part, input));
  if (found.length) return found;
  const command = commandIn(input.command);
  if (command) return [{ name: say("tool.command"), text: command, kind: "command" }];
  const text = inputText(call);
  return text ? [{ name: say("tool.input"), text, kind: "json" }] : [];
}

/** An agent may give anything, whatever the type says. */
function tableOf(input: unknown): Record<string, unknown> {
  return typeof input === "object" && input !== null && !Array.isArray(input) ? (input as Record<string, unknown>) : {};
}

function read({ keys, name, kind }: Part, input: Record<string, unknown>): Given[] {
  for (const key of keys) {
    const text = commandIn(input[key]);
    if (text) return [{ name: say(name), text, kind }];
  }
  return [];
}

/** Some agents give a command as the list of its words. */
function commandIn(value: unknown): string {
  if (Array.isArray(value) && value.every((word) => typeof word === "string")) return value.join(" ");
  return typeof value === "string" ? value : "";
}

export function inputText({ input }: ToolCall): string {
  const anything: unknown = input;
  if (anything === undefined || anything === null) return "";
  if (typeof anything === "string") return anything;
  const text = JSON.stringify(anything, undefined, 2);
  return text === "{}" ? "" : text;
}
