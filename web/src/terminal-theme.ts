/** A terminal's colours out of the page's own tokens, as they are now. */

import type { ITheme } from "@xterm/xterm";

export const darkScheme = () => matchMedia("(prefers-color-scheme: dark)");

export function terminalTheme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const colours = {
    red: token("bad"),
    green: token("good"),
    yellow: token("warn"),
    blue: token("accent"),
    magenta: token("code-keyword"),
    cyan: token("code-function"),
  };
  const bright = Object.entries(colours).map(([name, colour]) => [`bright${name[0]?.toUpperCase() ?? ""}${name.slice(1)}`, colour]);
  return {
    background: token("panel"),
    foreground: token("text"),
    cursor: token("text"),
    cursorAccent: token("panel"),
    selectionBackground: token("accent-soft"),
    selectionForeground: token("text"),
    black: token("text"),
    white: token("text"),
    brightBlack: token("dim"),
    brightWhite: token("text"),
    ...colours,
    ...(Object.fromEntries(bright) as ITheme),
  };
}
