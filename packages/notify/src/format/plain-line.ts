/**
 * Characters that do something instead of being seen: controls (escape sequences, line ends: a line or a header of its
 * own), line separators, marks that turn the direction of what follows, and invisible ones.
 */
const ACTIVE =
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

/** Text as one line in which every character is seen, at most so many characters long. */
export function plainLine(text: string, most: number): string {
  // No need to escape what is cut off anyway.
  const escaped = text
    .slice(0, most + 1)
    .toWellFormed()
    .replaceAll(ACTIVE, escape);
  const characters = Array.from(escaped);
  if (characters.length <= most && text.length <= most) return escaped;
  return `${characters.slice(0, most - 1).join("")}…`;
}

function escape(character: string): string {
  switch (character) {
    case "\n":
      return "\\n";
    case "\r":
      return "\\r";
    case "\t":
      return "\\t";
    default:
      return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  }
}
