/** A word of a command line, with its place in the text; quotes around it are left out. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const QUOTES = "'\"`";
const BLANKS = " \t\n\r";

/** Splits as a shell would, near enough: at blanks, but for what stands in quotes. One pass over the text. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (let at = 0; at < text.length; ) {
    if (BLANKS.includes(text[at] as string)) {
      at++;
      continue;
    }
    const word = wordAt(text, at);
    words.push(word);
    at = Math.max(word.end + 1, at + 1);
  }
  return words;
}

function wordAt(text: string, from: number): Word {
  const quote = text[from] as string;
  if (QUOTES.includes(quote)) {
    const close = text.indexOf(quote, from + 1);
    const end = close < 0 ? text.length : close;
    return { text: text.slice(from + 1, end), start: from + 1, end };
  }
  let end = from;
  while (end < text.length && !BLANKS.includes(text[end] as string)) end++;
  return { text: text.slice(from, end), start: from, end };
}
