/** Markdown as the words that a person sees, to search in. Pure; quick rather than exact. */

const FENCE = /^ {0,3}(?:`{3,}|~{3,})[^\n]*$/gm;
const LINK = /!?\[([^\]\n]*)\]\([^)\n]*\)/g;
const LINE_START = /^ {0,3}(?:#{1,6} +|> ?)/gm;
/** Marks in pairs; underscores within a word are letters of a name. */
const MARKS = /\*\*|~~|`+|(?<![\p{L}\p{N}])_+(?=\S)|(?<=\S)_+(?![\p{L}\p{N}])/gu;
const STAR = /(?<![\p{L}\p{N}*])\*(?=\S)|(?<=\S)\*(?![\p{L}\p{N}*])/gu;

export function plainMarkdown(text: string): string {
  return text.replace(FENCE, "").replace(LINK, "$1").replace(LINE_START, "").replace(MARKS, "").replace(STAR, "");
}
