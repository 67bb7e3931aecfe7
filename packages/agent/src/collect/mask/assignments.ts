import type { Ranges } from "./ranges.ts";
import { isSecretName } from "./secret-names.ts";

const MAX_NAME = 64;
/** Where a value in the middle of other text ends. */
const VALUE_ENDS = "&;, \t\n\r}])'\"`|<>";
const QUOTES = "'\"`";
/** Headers hold a scheme and a value, separated by a blank: they go as far as their quotes do. */
const HEADER_NAMES: ReadonlySet<string> = new Set(["authorization", "proxy-authorization", "cookie", "set-cookie"]);

/**
 * Finds what is assigned to a secret name: `--password=x`, `TOKEN=x`, `{"secret":"x"}`, `?api_key=x`, `;pwd=x`,
 * `X-Api-Key: x`, `Authorization: Bearer x`. `isArgument`: the text is one argument, so that what it begins with has a
 * value that ends where it ends.
 */
export function findAssignments(text: string, isArgument: boolean, ranges: Ranges): void {
  const isOneWord = !/\s/.test(text);
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign !== "=" && sign !== ":") continue;
    if (sign === ":" && text.startsWith("//", at + 1)) continue;
    const name = nameBefore(text, at);
    if (name === undefined || !isSecretName(name.text)) continue;
    // `sh -c "TOKEN=x run"` begins with a name as well, and goes on behind the value: an option does not.
    const isWhole = isArgument && name.isFirst && sign === "=" && (isOneWord || text.startsWith("-"));
    const value = isWhole ? { start: at + 1, end: text.length } : valueFrom(text, at + 1, name.text);
    if (value.start < value.end) ranges.push([value.start, value.end]);
    at = Math.max(at, value.end - 1);
  }
}

interface Name {
  readonly text: string;
  /** The text begins with it. */
  readonly isFirst: boolean;
}

/** The word before the sign, through a quote that closes it. */
function nameBefore(text: string, sign: number): Name | undefined {
  let end = sign;
  while (end > 0 && text[end - 1] === " " && sign - end < 2) end--;
  if (end > 0 && QUOTES.includes(text[end - 1] as string)) end--;
  if (end > 0 && text[end - 1] === "\\") end--;
  let start = end;
  while (start > 0 && end - start < MAX_NAME && /[\w.-]/.test(text[start - 1] as string)) start--;
  if (start === end) return undefined;
  return { text: text.slice(start, end), isFirst: start === 0 };
}

function valueFrom(text: string, from: number, name: string): { start: number; end: number } {
  let start = from;
  while (start < text.length && text[start] === " ") start++;
  if (text[start] === "\\") start++;
  const quote = text[start];
  if (quote !== undefined && QUOTES.includes(quote)) {
    const close = text.indexOf(quote, start + 1);
    return { start: start + 1, end: close < 0 ? text.length : close };
  }
  // `curl -HCookie:…`: the option and its value are one word.
  const isHeader = HEADER_NAMES.has(name.toLowerCase().replace(/^-h/, ""));
  let end = start;
  while (end < text.length && !(isHeader ? "'\"`\n" : VALUE_ENDS).includes(text[end] as string)) end++;
  return { start, end };
}
