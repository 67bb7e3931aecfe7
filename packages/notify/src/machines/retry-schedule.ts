/** How often and when a delivery that failed is tried again. */
export interface RetryPolicy {
  /** The first one counts. */
  readonly attempts: number;
  readonly initialMs: number;
  readonly maxMs: number;
  readonly factor: number;
}

/** The numbers of the source document. */
export const defaultRetryPolicy: RetryPolicy = { attempts: 3, initialMs: 1_000, maxMs: 60_000, factor: 2 };

/**
 * How long to wait after so many failures, or undefined when no attempt is left. Drawn from the whole interval between
 * the shortest wait and the one that grows: after an outage, hosts must not all come back at once (ATTACKS 45).
 */
export function retryDelayMs(policy: RetryPolicy, failures: number, random: () => number): number | undefined {
  if (failures >= policy.attempts) return undefined;
  const longestMs = Math.min(policy.maxMs, policy.initialMs * policy.factor ** failures);
  return Math.round(policy.initialMs + random() * Math.max(0, longestMs - policy.initialMs));
}
