/** How many notifications a sink is sent. */
export interface RatePolicy {
  readonly perMinute: number;
  /** How many may go at once after a quiet time. */
  readonly burst: number;
}

const MINUTE_MS = 60_000;
/** A token, but for what a sum of fractions leaves out of it. */
const WHOLE = 1 - 1e-9;

/** A token for each notification, filled up evenly; what finds none waits, and is never dropped for it. */
export class TokenBucket {
  readonly #policy: RatePolicy;
  #tokens: number;
  #filledAt: number;

  constructor(policy: RatePolicy, nowMs: number) {
    this.#policy = policy;
    this.#tokens = policy.burst;
    this.#filledAt = nowMs;
  }

  /** How long until there is a token: 0 when there is one. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return this.#tokens >= WHOLE ? 0 : Math.ceil(((1 - this.#tokens) * MINUTE_MS) / this.#policy.perMinute);
  }

  /** Takes a token when there is one. */
  take(nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#tokens < WHOLE) return false;
    this.#tokens = Math.max(0, this.#tokens - 1);
    return true;
  }

  #fill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#filledAt);
    this.#tokens = Math.min(this.#policy.burst, this.#tokens + (elapsedMs * this.#policy.perMinute) / MINUTE_MS);
    this.#filledAt = Math.max(this.#filledAt, nowMs);
  }
}
