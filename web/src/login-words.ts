/** What a person needs of an agent's login, found in what its terminal shows: the address and the device code. */

/** One row of the terminal. */
export interface Row {
  text: string;
  /** It continues the row before: the terminal broke the line, not the program. */
  wrapped: boolean;
}

export interface LoginWords {
  address?: string;
  code?: string;
}

/** Programs that draw break long addresses themselves, at the width less their margins and borders. */
const MARGIN = 6;
const BORDER = /^[\s│┃║|]+|[\s│┃║|]+$/g;
const ADDRESS = /https:\/\/[^\s"'<>`│┃║|]+/g;
const REST = /^[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/;
const TRAILING = /[.,;:!?)\]}>'"]+$/;
const SIGNS_IN = /oauth|authori[sz]e|login|log-in|signin|sign-in|device|activate|verif|auth\b/i;
const READING = /\b(docs?|terms|tos|privacy|policy|help|support|faq|pricing)\b/i;
const CODE = /(?<![\w-])[A-Z0-9]{3,8}(?:-[A-Z0-9]{3,8}){1,3}(?![\w-])/g;
const CODE_AFTER_COLON = /\bcode\b[^:]{0,40}:\s*([A-Z0-9]{6,10})(?![\w-])/;
/** Rows above a code in which its name may stand. */
const ABOVE = 2;

export function findLoginWords(rows: readonly Row[], columns: number): LoginWords {
  const lines = joined(rows);
  return { address: bestAddress(lines, columns), code: lastCode(lines) };
}

interface Line {
  text: string;
  /** Of its last row, without what is empty at the end. */
  width: number;
}

function joined(rows: readonly Row[]): Line[] {
  const lines: Line[] = [];
  for (const { text, wrapped } of rows) {
    const width = text.replace(/[\s│┃║|]+$/, "").length;
    const last = lines.at(-1);
    if (wrapped && last) lines[lines.length - 1] = { text: last.text + text, width };
    else lines.push({ text, width });
  }
  return lines.map(({ text, width }) => ({ text: text.replace(BORDER, ""), width }));
}

/** The last one that leads to a sign-in; else the last that is nothing to read. */
function bestAddress(lines: Line[], columns: number): string | undefined {
  const all = lines.flatMap((_, index) => addressesAt(lines, index, columns));
  return all.findLast(({ href }) => SIGNS_IN.test(href))?.href ?? all.findLast(({ pathname }) => !READING.test(pathname))?.href;
}

function addressesAt(lines: Line[], index: number, columns: number): URL[] {
  const { text } = lines[index] ?? { text: "" };
  return [...text.matchAll(ADDRESS)].flatMap((match) => {
    const ends = match.index + match[0].length === text.length;
    return safe(ends ? match[0] + continued(lines, index, columns) : match[0]);
  });
}

/** The rest of an address that the program broke at the end of its row. */
function continued(lines: Line[], index: number, columns: number): string {
  const here = lines[index];
  const next = lines[index + 1];
  if (!here || !next || here.width < columns - MARGIN || !REST.test(next.text)) return "";
  return next.text + continued(lines, index + 1, columns);
}

/** Only what is an address of https, without a name that would hide where it leads. */
function safe(text: string): URL[] {
  try {
    const found = new URL(text.replace(TRAILING, ""));
    return found.protocol === "https:" && !found.username && !found.password ? [found] : [];
  } catch {
    return [];
  }
}

function lastCode(lines: Line[]): string | undefined {
  return lines.flatMap((_, index) => codesAt(lines, index)).at(-1);
}

function codesAt(lines: Line[], index: number): string[] {
  const text = (lines[index]?.text ?? "").replace(ADDRESS, " ");
  const around = [...above(lines, index), text].join(" ");
  const found = /\bcode\b/i.test(around) ? [...text.matchAll(CODE)].map(([code]) => code).filter((code) => code.length > 6) : [];
  const named = CODE_AFTER_COLON.exec(text)?.[1];
  return named ? [...found, named] : found;
}

function above(lines: Line[], index: number): string[] {
  return lines
    .slice(0, index)
    .map(({ text }) => text)
    .filter(Boolean)
    .slice(-ABOVE);
}
