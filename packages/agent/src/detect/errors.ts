/** Codes are public and stable. */
export type ExecutorErrorCode =
  | "timeout"
  | "memory"
  | "refused"
  | "sql"
  | "cancelled"
  | "crashed"
  | "too_many_rows"
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
  "too_many_rows",
  "unavailable",
  "busy",
];

/** Codes for which the statement is to blame: run again as it is, it would most likely end the same way. */
const blamed: readonly ExecutorErrorCode[] = ["timeout", "memory", "refused", "sql", "crashed", "too_many_rows"];

/**
 * A statement that was not run to its end, or whose result cannot be used. For `busy` and `unavailable` try again later;
 * for the codes that blame the statement, change it first.
 */
export class ExecutorError extends Error {
  override readonly name = "ExecutorError";
  readonly code: ExecutorErrorCode;

  constructor(code: ExecutorErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }

  /** Whether the statement itself is at fault, not the host or who asked. */
  get blamesStatement(): boolean {
    return blamed.includes(this.code);
  }
}

/** What went wrong as one of the codes, whatever was thrown. */
export function executorErrorOf(cause: unknown): ExecutorError {
  if (cause instanceof ExecutorError) return cause;
  return new ExecutorError("unavailable", cause instanceof Error ? cause.message : String(cause), cause);
}
