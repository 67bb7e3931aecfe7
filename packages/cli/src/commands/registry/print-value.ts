import { usage } from "../../failure.ts";
import type { Output } from "../../terminal/output.ts";
import { printableLines } from "../../terminal/printable.ts";

export interface Valued {
  readonly value: unknown;
  readonly encoding?: "base64";
}

/** The bytes a value stands for: decoded base64, the text itself, or the JSON text of anything else. */
export function bytesOf({ value, encoding }: Valued): Buffer {
  if (typeof value !== "string") return Buffer.from(JSON.stringify(value), "utf8");
  return Buffer.from(value, encoding === "base64" ? "base64" : "utf8");
}

/**
 * Writes the bare value. What reaches a terminal is made harmless first (a stored escape sequence could retitle the
 * window or type into it), unless the user asks for the raw bytes.
 */
export function printValue(output: Output, valued: Valued, isRaw: boolean): void {
  if (isRaw || !output.isTerminal) return output.out(bytesOf(valued));
  if (valued.encoding === "base64") {
    throw usage("the value is bytes, which a terminal cannot show", "redirect it, or add --raw");
  }
  output.out(`${printableLines(bytesOf(valued).toString("utf8"))}\n`);
}
