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

/**
 * Classes of errors after which a statement is surely undone and the connection as good as before: data exception,
 * integrity constraint, syntax or rights, insufficient resources, program limit, and what a trigger raised (HF: ours).
 */
const WITHOUT_EFFECT = new Set(["22", "23", "42", "53", "54", "P0", "HF"]);
const STATEMENT_TIMEOUT = "57014";

/** Whether a failed statement did nothing. Of a lost connection, or a server that shuts down, that is not known. */
export function isWithoutEffect(cause: unknown): boolean {
  const state = sqlStateOf(cause);
  return state === STATEMENT_TIMEOUT || WITHOUT_EFFECT.has(state?.slice(0, 2) ?? "");
}
