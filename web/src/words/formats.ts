/** How numbers and times are written in a language. Each is made once: making one takes longer than all that it is used for. */

type Made = Intl.NumberFormat | Intl.DateTimeFormat | Intl.PluralRules;

const made = new Map<string, Made>();

function once<T extends Made>(kind: string, locale: string, options: object, make: () => T): T {
  const key = `${kind} ${locale} ${JSON.stringify(options)}`;
  const known = made.get(key) as T | undefined;
  if (known) return known;
  const format = make();
  made.set(key, format);
  return format;
}

export function numberIn(locale: string, value: number, options: Intl.NumberFormatOptions = {}): string {
  return once("number", locale, options, () => new Intl.NumberFormat(locale, options)).format(value);
}

/** In the zone where the machine is now: it may travel. Nothing for what is no time. */
export function timeIn(locale: string, at: Date, options: Intl.DateTimeFormatOptions): string {
  if (Number.isNaN(at.getTime())) return "";
  return once(`time ${new Date().getTimezoneOffset()}`, locale, options, () => new Intl.DateTimeFormat(locale, options)).format(at);
}

export function pluralIn(locale: string, n: number): Intl.LDMLPluralRule {
  return once("plural", locale, {}, () => new Intl.PluralRules(locale)).select(n);
}
