import type { ChildErrorCode } from "../protocol.ts";

/** A statement that was not run to its end, by the child's own judgement. */
export class ChildError extends Error {
  override readonly name = "ChildError";
  readonly code: ChildErrorCode;

  constructor(code: ChildErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Primary result codes of SQLite (sqlite.org/rescode.html). */
const codes: ReadonlyMap<number, ChildErrorCode> = new Map([
  [7, "memory"], // NOMEM
  [8, "refused"], // READONLY
  [23, "refused"], // AUTH
  [10, "unavailable"], // IOERR
  [11, "unavailable"], // CORRUPT
  [14, "unavailable"], // CANTOPEN
  [15, "unavailable"], // PROTOCOL
  [26, "unavailable"], // NOTADB
]);

const MAX_MESSAGE = 512;

/** What an error means to whoever asked. */
export function failureOf(error: unknown): { readonly code: ChildErrorCode; readonly message: string } {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE).toWellFormed();
  if (error instanceof ChildError) return { code: error.code, message };
  const number = (error as { readonly errcode?: unknown }).errcode;
  if (typeof number === "number") return { code: codes.get(number & 0xff) ?? "sql", message };
  return { code: error instanceof RangeError && /allocat/i.test(message) ? "memory" : "sql", message };
}
