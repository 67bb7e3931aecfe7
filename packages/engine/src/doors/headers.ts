import type { IncomingHttpHeaders } from "node:http";
import { Refusal } from "../errors.ts";

/** Headers that say what is to be done: of two, another server on the way may have believed the other one. */
const SINGLE: readonly string[] = [
  "authorization",
  "content-type",
  "content-encoding",
  "holdfast-request-id",
  "holdfast-tenant",
  "idempotency-key",
  "if-match",
  "if-none-match",
];

const LENGTHS = new Set(SINGLE.map((name) => name.length));
const NONE: ReadonlySet<string> = new Set();

/**
 * Those of the deciding headers that were given more than once. It reads the raw list: Node's own distinct headers
 * would cost each request a second parse of all of them.
 */
export function repeatedHeaders(rawHeaders: readonly string[]): ReadonlySet<string> {
  let repeated: Set<string> | undefined;
  let seen = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (!LENGTHS.has(name.length)) continue;
    const index = SINGLE.indexOf(name.toLowerCase());
    if (index < 0) continue;
    if ((seen & (1 << index)) !== 0) repeated = (repeated ?? new Set<string>()).add(SINGLE[index]!);
    seen |= 1 << index;
  }
  return repeated ?? NONE;
}

export function repetitionFault(repeated: ReadonlySet<string>): Refusal | undefined {
  const [name] = repeated;
  return name === undefined ? undefined : new Refusal("invalid_input", `The header ${name} was given twice.`);
}

/** Compressed bodies are refused: a bound on bytes read would not bound what they unpack to (ATTACKS 30). */
export function encodingFault(encoding: string | undefined): Refusal | undefined {
  if (encoding === undefined || encoding.trim().toLowerCase() === "identity") return undefined;
  return new Refusal("unsupported_media_type", "Compressed request bodies are not accepted.");
}

/** Whether the request says that a body follows. */
export function announcesBody(headers: IncomingHttpHeaders): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** `type/subtype` of a Content-Type, without parameters. */
export function mediaTypeOf(contentType: string | undefined): string | undefined {
  return contentType?.replace(/;.*$/s, "").trim().toLowerCase();
}
