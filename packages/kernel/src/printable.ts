/** C0 and C1 controls, DEL, and the format characters that reorder or hide text (Trojan Source, CVE-2021-42574). */
// oxlint-disable-next-line no-control-regex -- these are what must be escaped
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** One line that cannot move the cursor, change colours or reorder what stands beside it: for what others wrote. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);
}
