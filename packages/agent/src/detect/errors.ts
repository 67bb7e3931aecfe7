/** Codes are public and stable. */
export type ExecutorErrorCode =
  | "timeout"
  | "memory"
  | "refused"
  | "sql"
  | "cancelled"
  | "crashed"
  | "unavailable"
  | "busy";

/** Every code, for those who count by it. */
export const executorErrorCodes: readonly ExecutorErrorCode[] = [
  "timeout",
  "memory",
  "refused",
  "sql",
  "cancelled",
  "crashed",
  "unavailable",
  "busy",
];

/**
 * A statement that was not run to its end. The statement is at fault for `timeout`, `memory`, `refused`, `sql` and
 * `crashed`: run it again only when it was changed. For `busy` and `unavailable` try again later.
 */
export class ExecutorError extends Error {
  override readonly name = "ExecutorError";
  readonly code: ExecutorErrorCode;

  constructor(code: ExecutorErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

/** What went wrong as one of the codes, whatever was thrown. */
export function executorErrorOf(cause: unknown): ExecutorError {
  if (cause instanceof ExecutorError) return cause;
  return new ExecutorError("unavailable", cause instanceof Error ? cause.message : String(cause), cause);
}
