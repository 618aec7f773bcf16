/** A terminal's colours out of the page's own tokens, as they are now. */

import type { ITheme } from "@xterm/xterm";

export function terminalTheme(): ITheme {
  const token = resolver();
  const colours = {
    red: token("bad"),
    green: token("good"),
    yellow: token("warn"),
    blue: token("accent"),
    magenta: token("code-keyword"),
    cyan: token("code-function"),
  };
  const bright = Object.entries(colours).map(([name, colour]) => [`bright${name[0]?.toUpperCase() ?? ""}${name.slice(1)}`, colour]);
  const theme = {
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
  token.done();
  return theme;
}

/** A token stands for two colours: which one it is now, only an element that has it can tell. */
function resolver(): ((name: string) => string) & { done: () => void } {
  const probe = document.body.appendChild(document.createElement("span"));
  const token = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  return Object.assign(token, { done: () => { probe.remove(); } });
}
