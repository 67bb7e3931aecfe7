import { printable } from "@holdfast/kernel/printable";

export { printable };

/** The same for a text of several lines. */
export function printableLines(text: string): string {
  return text.replace(/[^\n\t]+/g, printable);
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
