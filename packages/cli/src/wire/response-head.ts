import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";

/** How the body after a head is delimited. */
export type Framing =
  | { readonly kind: "interim" }
  | { readonly kind: "sized"; readonly bytes: number }
  | { readonly kind: "chunked" };

export interface ResponseHead {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly framing: Framing;
}

/** Reads status line and headers; refuses what is not plainly HTTP/1.1 rather than guess. */
export function readHead(text: string): ResponseHead {
  const [first = "", ...lines] = text.split("\r\n");
  const status = statusOf(first);
  const headers = headersOf(lines);
  return { status, headers, framing: framingOf(status, headers) };
}

/** The failure for an answer that breaks the rules. */
export function broken(what: string): Failure {
  return new Failure(
    exitCodes.unreachable,
    `the server's answer cannot be read: ${what}`,
    "is this a Holdfast server?",
  );
}

function statusOf(line: string): number {
  const status = /^HTTP\/1\.1 ([1-5]\d\d)(?: [^\r\n\0]*)?$/.exec(line)?.[1];
  if (status === undefined) throw broken("no HTTP/1.1");
  return Number(status);
}

function headersOf(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw broken("a malformed header");
    const key = name.toLowerCase();
    if (headers.has(key) && (key === "content-length" || key === "transfer-encoding")) throw broken("two lengths");
    headers.set(key, value.trimEnd());
  }
  return headers;
}

/** Length or chunks, never both, never "until the connection ends" (RFC 9112 §6.3): a cut-off answer must not pass. */
function framingOf(status: number, headers: ReadonlyMap<string, string>): Framing {
  if (status < 200) return { kind: "interim" };
  if (status === 204 || status === 304) return { kind: "sized", bytes: 0 };
  const length = headers.get("content-length");
  const coding = headers.get("transfer-encoding");
  if (length === undefined && coding?.toLowerCase() === "chunked") return { kind: "chunked" };
  if (coding !== undefined || length === undefined || !/^\d{1,10}$/.test(length)) throw broken("no clear length");
  return { kind: "sized", bytes: Number(length) };
}
