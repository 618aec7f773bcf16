/** One markdown block to safe HTML. What an agent writes is foreign: it can neither run, load nor lay out anything. */

import DOMPurify, { type Config } from "dompurify";
import { Marked, type Token } from "marked";

export type { Token };

/** HTML that people write in markdown and that does no harm; all other tags are shown as they were typed. */
const PLAIN_TAG = /^<\/?(?:b|br|del|em|i|kbd|mark|s|strong|sub|sup|u)\s*\/?>$/i;

/** Headings of an answer stand below the page's own (h1). */
const HEADINGS_BELOW = 1;

const marked = new Marked({
  gfm: true,
  renderer: {
    heading({ tokens, depth }) {
      const level = Math.min(depth + HEADINGS_BELOW, 6);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
    html: ({ text }) => (PLAIN_TAG.test(text.trim()) ? text : escape(text)),
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
  },
});

const CONFIG: Config = {
  ALLOWED_TAGS: (
    "a b blockquote br code del em h1 h2 h3 h4 h5 h6 hr i img kbd li mark ol p pre s strong sub sup" +
    " table tbody td th thead tr u ul"
  ).split(" "),
  // No class, style, id or name: foreign words must not look like the page's own.
  ALLOWED_ATTR: ["href", "title", "src", "alt", "align", "start"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
};

/** A list's entry that is to be done, or is done: its box stands in place of the dot. */
const TASK = /^\s*[☐☑] /;

const purify = DOMPurify(window);
purify.addHook("afterSanitizeAttributes", (element) => {
  if (element.tagName === "A") openOutside(element);
  if (element.tagName === "LI" && TASK.test(element.textContent)) element.className = "task"; // our own, not theirs
  if (element.tagName === "IMG" && !/^(?:data:image\/|blob:)/i.test(element.getAttribute("src") ?? "")) linkInstead(element);
});

export function readTokens(text: string): Token[] {
  return marked.lexer(text);
}

export function renderToken(token: Token): string {
  return clean(marked.parser([token]));
}

/** HTML with all that could run, load or pretend taken out. */
export function clean(html: string): string {
  return purify.sanitize(html, CONFIG);
}

function openOutside(link: Element): void {
  if (!/^(?:https?:|mailto:)/i.test(link.getAttribute("href") ?? "")) {
    link.removeAttribute("href"); // a path in the project, say: it is no address of this page
    return;
  }
  link.setAttribute("target", "_blank");
  link.setAttribute("rel", "noopener noreferrer");
}

/** An image of another host would tell it who reads this: only a link is shown. */
function linkInstead(image: Element): void {
  const link = document.createElement("a");
  const source = image.getAttribute("src") ?? "";
  link.textContent = image.getAttribute("alt") ?? source;
  link.setAttribute("href", source);
  openOutside(link);
  image.replaceWith(link);
}

function escape(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
