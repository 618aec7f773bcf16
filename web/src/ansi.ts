/** What programs write to a terminal, as plain text or as coloured pieces: nothing of it moves a cursor here. */

export interface Piece {
  text: string;
  /** `ansi-…`, of ansi.css. */
  className?: string;
}

const ESC = "\\u001b";
const BEL = "\\u0007";
/** Titles, links: `ESC ] … BEL`. */
const OSC = `${ESC}\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\|$)`;
/** Cursor and screen: `ESC [ … letter`, also cut off at the end. */
const CSI = `${ESC}\\[[0-?]*[ -/]*(?:[@-~]|$)`;
const OTHER = `${ESC}(?:[ -/]+[0-~]?|[0-Z\\\\-~])?`;
const SEQUENCES = new RegExp(`${OSC}|${CSI}|${OTHER}`, "g");
/** All of C0 but tab, line feed and escape, and DEL. */
const CONTROLS = new RegExp(`[^\\P{Cc}\\t\\n${ESC}\\u0080-\\u009f]`, "gu");
const SGR = new RegExp(`^${ESC}\\[([0-9;:]*)m$`);

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

interface Look {
  colour?: string;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
}

/** The text alone; of a line that was written over, what it says at last. */
export function plainOutput(output: string): string {
  return overwritten(output.replace(SEQUENCES, "")).replace(CONTROLS, "");
}

/** The text in pieces of one look each. */
export function colouredOutput(output: string): Piece[] {
  const pieces: Piece[] = [];
  let look: Look = {};
  let from = 0;
  const add = (raw: string) => {
    const text = raw.replace(CONTROLS, "");
    const className = classOf(look);
    const last = pieces.at(-1);
    if (!text) return;
    if (last && last.className === className) last.text += text;
    else pieces.push({ text, className });
  };
  const text = overwritten(output);
  for (const found of text.matchAll(SEQUENCES)) {
    add(text.slice(from, found.index));
    from = found.index + found[0].length;
    const codes = SGR.exec(found[0])?.[1];
    if (codes !== undefined) look = after(look, codes);
  }
  add(text.slice(from));
  return pieces;
}

/** A carriage return begins the line again: a progress bar is its last state. Windows' line ends are line ends. */
function overwritten(text: string): string {
  if (!text.includes("\r")) return text;
  return text.replace(/\r+\n/g, "\n").replace(/[^\n]*\r(?=[^\n\r])/g, "").replace(/\r/g, "");
}

function after(look: Look, codes: string): Look {
  const numbers = codes.split(/[;:]/).map(Number);
  let next = { ...look };
  for (let at = 0; at < numbers.length; at += 1) {
    const code = numbers[at] ?? 0;
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 22) next.bold = next.dim = false;
    else if (code === 23) next.italic = false;
    else if (code === 24) next.underline = false;
    else if (code === 39) next.colour = undefined;
    else if (code === 38 || code === 48) {
      const [colour, used] = extended(numbers.slice(at + 1));
      if (code === 38) next.colour = colour;
      at += used;
    } else next.colour = named(code) ?? next.colour;
  }
  return next;
}

/** 30-37 and the bright 90-97; backgrounds are left out, so that text stays readable in both themes. */
function named(code: number): string | undefined {
  if (code >= 30 && code <= 37) return NAMES[code - 30];
  return code >= 90 && code <= 97 ? NAMES[code - 90] : undefined;
}

/** `5;n` (256 colours) or `2;r;g;b`: the nearest of the eight, and how many numbers it took. */
function extended([kind, one = 0, green = 0, blue = 0]: number[]): [string | undefined, number] {
  if (kind === 2) return [nearest(one, green, blue), 4];
  if (kind !== 5) return [undefined, 0];
  if (one < 16) return [NAMES[one % 8], 2];
  if (one >= 232) return [one < 244 ? "black" : undefined, 2];
  const level = (step: number) => (Math.floor((one - 16) / step) % 6) * 51;
  return [nearest(level(36), level(6), level(1)), 2];
}

function nearest(red: number, green: number, blue: number): string | undefined {
  const top = Math.max(red, green, blue);
  if (top - Math.min(red, green, blue) < 40) return top < 128 ? "black" : undefined;
  const bit = (value: number) => (value > top * 0.6 ? 1 : 0);
  return NAMES[bit(red) + 2 * bit(green) + 4 * bit(blue)];
}

function classOf({ colour, bold, dim, italic, underline }: Look): string | undefined {
  const names = [
    colour && `ansi-${colour}`,
    bold && "ansi-bold",
    dim && "ansi-dim",
    italic && "ansi-italic",
    underline && "ansi-underline",
  ].filter(Boolean);
  return names.length ? names.join(" ") : undefined;
}
