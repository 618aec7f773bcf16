/** How much a text is, for people. */

import { locale, say } from "./words";
import { numberIn } from "./words/formats";

const UNITS = ["B", "kB", "MB", "GB"] as const;

/** "812 B", "4.1 kB", "12 MB": as UTF-8. */
export function bytesOf(text: string): string {
  let size = new TextEncoder().encode(text).length;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && size < 10 ? 1 : 0;
  return `${numberIn(locale(), size, { maximumFractionDigits: digits })} ${UNITS[unit] ?? ""}`;
}

/** Lines of a text, without an empty last one. */
export function linesOf(text: string): number {
  if (!text) return 0;
  let count = text.endsWith("\n") ? 0 : 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

/** "1,204 lines, 48 kB". */
export function sizeOf(text: string): string {
  return say("tool.size", { lines: say("tool.lines", { n: linesOf(text) }), size: bytesOf(text) });
}
