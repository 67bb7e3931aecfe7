/**
 * Generic cell rate algorithm (ITU-T I.371 virtual scheduling): one number per key, no timers. Pure, so that limits can
 * be tested without a clock and shared by whoever keeps the number.
 */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface RateVerdict {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Seconds until one more call is allowed (refused) or until the burst is full again (allowed). */
  readonly resetSeconds: number;
}

/** A verdict with what the next one builds on. */
interface JudgedRate extends RateVerdict {
  /** Theoretical arrival time to keep for this key, milliseconds. */
  readonly arrivalMs: number;
}

/** Share of an interval that is forgiven: milliseconds since the epoch leave little room for fractions. */
const ROUNDING = 0.01;

/** No call leaves an arrival so far ahead: the clock was set back, and nobody is to be refused until it has caught up. */
const CLOCK_BACK_MS = 60_000;

/** Steps of an interval: sums of these and of milliseconds since the epoch are exact until the year 2248. */
const STEPS_OF_MS = 1_024;

/** Rounded up, so that no more is admitted than the rate says: added up in a burst, what a double leaves out was a call. */
const exactMs = (ms: number): number => Math.ceil(ms * STEPS_OF_MS) / STEPS_OF_MS;

/** Judges one call at `nowMs`, given the arrival time kept from the call before. */
export function judgeRate(rate: Rate, keptMs: number | undefined, nowMs: number): JudgedRate {
  const intervalMs = exactMs(1000 / rate.perSecond);
  const toleranceMs = intervalMs * (rate.burst - 1);
  const isBeyondReason = (keptMs ?? 0) - nowMs > toleranceMs + intervalMs + CLOCK_BACK_MS;
  const arrival = isBeyondReason ? nowMs : Math.max(keptMs ?? 0, nowMs);
  const earlyMs = arrival - nowMs;
  if (earlyMs > toleranceMs + intervalMs * ROUNDING) {
    return { allowed: false, arrivalMs: arrival, remaining: 0, resetSeconds: (earlyMs - toleranceMs) / 1000 };
  }
  const next = arrival + intervalMs;
  return {
    allowed: true,
    arrivalMs: next,
    remaining: Math.max(0, Math.floor((toleranceMs - earlyMs) / intervalMs + ROUNDING)),
    resetSeconds: (next - nowMs) / 1000,
  };
}

/** Rates by key in bounded memory: when full, keys whose burst is full again go first, then the oldest. */
export class RateLimiter {
  readonly #arrivals = new Map<string, number>();
  readonly rate: Rate;
  readonly #maxKeys: number;

  constructor(rate: Rate, maxKeys = 100_000) {
    this.rate = rate;
    this.#maxKeys = maxKeys;
  }

  take(key: string, nowMs: number): RateVerdict {
    const verdict = judgeRate(this.rate, this.#arrivals.get(key), nowMs);
    if (verdict.allowed) {
      if (this.#arrivals.size >= this.#maxKeys && !this.#arrivals.has(key)) this.#makeRoom(nowMs);
      this.#arrivals.set(key, verdict.arrivalMs);
    }
    return verdict;
  }

  #makeRoom(nowMs: number): void {
    let looked = 0;
    for (const [key, arrival] of this.#arrivals) {
      if (arrival <= nowMs) this.#arrivals.delete(key);
      if (++looked >= 64) break;
    }
    const oldest = this.#arrivals.keys().next();
    if (this.#arrivals.size >= this.#maxKeys && !oldest.done) this.#arrivals.delete(oldest.value);
  }
}
