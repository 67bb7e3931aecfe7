import type { NotifyError } from "../errors.ts";
import { type RetryPolicy, retryDelayMs } from "../machines/retry-schedule.ts";
import type { Outcome } from "../outbox/settle.ts";

/** What becomes of a delivery whose attempt failed. */
export function outcomeOf(
  error: NotifyError,
  failuresBefore: number,
  policy: RetryPolicy,
  random: () => number,
  wallMs: number,
): Outcome {
  const { code } = error;
  if (code === "cancelled") return { kind: "untried" };
  if (!error.isTransient) return { kind: "dead", reason: "refused", code };
  const delayMs = retryDelayMs(policy, failuresBefore + 1, random);
  if (delayMs === undefined) return { kind: "dead", reason: "attempts_exhausted", code };
  return { kind: "again", at: wallMs + Math.max(delayMs, error.retryAfterMs ?? 0), code };
}
