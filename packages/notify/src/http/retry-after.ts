const LEAST_MS = 1_000;
const MOST_MS = 15 * 60_000;

/**
 * How long an answer asks to be left alone (RFC 9110, 10.2.3: seconds or a date), inside bounds: nobody else decides to
 * keep an alert for a day. Undefined when it says nothing that can be read.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(LEAST_MS, ms), MOST_MS);
}
