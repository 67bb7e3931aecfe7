/** C0 and C1 controls, DEL, and the format characters that reorder or hide text (Trojan Source, CVE-2021-42574). */
// oxlint-disable-next-line no-control-regex -- these are what must be escaped
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One line that cannot move the cursor, change colours or reorder what stands beside it: for what others wrote. */
export function printable(text: string): string {
  return text.replace(unprintable, escapeOf);
}

/** The same for a text of several lines. */
export function printableLines(text: string): string {
  return text.replace(unprintable, (character) =>
    character === "\n" || character === "\t" ? character : escapeOf(character),
  );
}

/**
 * JSON in which the same characters stand as JSON escapes: it means the same, and is often looked at in a terminal.
 * Only texts hold any of them that JSON does not escape by itself.
 */
export function printableJson(value: unknown, indent: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${(character.codePointAt(0) as number).toString(16).padStart(4, "0")}`,
  );
}

function escapeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) as number).toString(16)}}`;
}
