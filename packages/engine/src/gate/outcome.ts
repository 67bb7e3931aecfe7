import type { Refusal, RefusalCode } from "../errors.ts";
import type { Outcome } from "../submission.ts";

const DENIED: ReadonlySet<RefusalCode> = new Set(["unauthenticated", "forbidden", "rate_limited", "sealed"]);
const CONFLICT: ReadonlySet<RefusalCode> = new Set([
  "already_exists",
  "version_mismatch",
  "conflict",
  "idempotency_mismatch",
  "busy",
]);

/** What an entry says of a call: `ok` without a refusal, else the class of its code. */
export function outcomeOf(refusal: Refusal | undefined): Outcome {
  if (refusal === undefined) return "ok";
  if (DENIED.has(refusal.code)) return "denied";
  return CONFLICT.has(refusal.code) ? "conflict" : "failed";
}
