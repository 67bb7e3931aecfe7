/** SQLSTATE of an error that the database reported (PostgreSQL, appendix A); undefined when the connection failed. */
export function sqlStateOf(cause: unknown): string | undefined {
  const code = (cause as { readonly code?: unknown } | null)?.code;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith("E") ? code : undefined;
}

/** A lock was waited for as long as `lock_timeout` allows. */
export const LOCK_NOT_AVAILABLE = "55P03";

/** Serialization failure, deadlock, lock not available: rolled back because of others, and worth another try. */
const RETRYABLE = new Set(["40001", "40P01", LOCK_NOT_AVAILABLE]);

export const isRetryable = (cause: unknown): boolean => RETRYABLE.has(sqlStateOf(cause) ?? "");

/** Statement timeout, and everything for want of resources (class 53: disk full, out of memory): the statement is undone. */
export function isWithoutEffect(cause: unknown): boolean {
  const state = sqlStateOf(cause);
  return state === "57014" || (state?.startsWith("53") ?? false);
}
