import type { ClientError } from "./errors.ts";

const baseMs = 100;
const maxBackoffMs = 5000;

/** The server said that it did nothing and that it may be different soon. */
const passing: ReadonlySet<string> = new Set(["rate_limited", "overloaded", "busy"]);

/**
 * How long to wait before a call is tried again after `retries` repetitions, or undefined when it must not be. Every call
 * is repeatable: reads by nature, changes by the Idempotency-Key that all attempts share. Waits are drawn from the whole
 * interval: after an outage, clients must not all come back in the same moment (ATTACKS 45).
 */
export function retryDelayMs(error: ClientError, retries: number, random: () => number): number | undefined {
  if (!isPassing(error)) return undefined;
  const backoffMs = random() * Math.min(maxBackoffMs, baseMs * 2 ** retries);
  return (error.retryAfterSeconds ?? 0) * 1000 + backoffMs;
}

function isPassing(error: ClientError): boolean {
  const isProxys = error.code === "bad_answer" && (error.status === 429 || error.status === 503);
  return passing.has(error.code) || error.code === "connection_lost" || isProxys || isRefusedConnection(error);
}

/** Someone may be about to listen there; a name or a socket that does not exist will not appear by waiting. */
const isRefusedConnection = ({ code, cause }: ClientError) =>
  code === "connection_failed" && (cause as NodeJS.ErrnoException | undefined)?.code === "ECONNREFUSED";
