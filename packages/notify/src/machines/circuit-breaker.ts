/** When a sink that fails is left alone, and what brings it back. */
export interface BreakerPolicy {
  /** Failures in a row that open it. */
  readonly failures: number;
  readonly openMs: number;
  /** Successes in a row that close it again. */
  readonly successes: number;
}

/** The numbers of the source document. */
export const defaultBreakerPolicy: BreakerPolicy = { failures: 5, openMs: 30_000, successes: 2 };

export type BreakerState = "closed" | "open" | "half-open";

/**
 * Keeps attempts from a sink that fails: closed, open for a while, then half-open, where one probe at a time shows
 * whether it works again. Times are of a clock that never goes back.
 */
export class CircuitBreaker {
  readonly #policy: BreakerPolicy;
  #failures = 0;
  #successes = 0;
  /** While it is not closed: when probing may begin. */
  #openUntil: number | undefined;
  #isProbing = false;

  constructor(policy: BreakerPolicy = defaultBreakerPolicy) {
    this.#policy = policy;
  }

  state(nowMs: number): BreakerState {
    if (this.#openUntil === undefined) return "closed";
    return nowMs < this.#openUntil ? "open" : "half-open";
  }

  /** How long no attempt would be admitted, as far as time alone decides it. */
  waitMs(nowMs: number): number {
    return Math.max(0, (this.#openUntil ?? nowMs) - nowMs);
  }

  /** Whether an attempt may begin; one that did must end with `succeeded`, `failed` or `released`. */
  admit(nowMs: number): boolean {
    const state = this.state(nowMs);
    if (state === "closed") return true;
    if (state === "open" || this.#isProbing) return false;
    this.#isProbing = true;
    return true;
  }

  /** Returns whether this success closed it. */
  succeeded(): boolean {
    this.#isProbing = false;
    this.#failures = 0;
    if (this.#openUntil === undefined) return false;
    this.#successes += 1;
    if (this.#successes < this.#policy.successes) return false;
    this.#openUntil = undefined;
    return true;
  }

  /** Returns whether this failure opened it, from closed. */
  failed(nowMs: number): boolean {
    const wasClosed = this.#openUntil === undefined;
    this.#isProbing = false;
    this.#failures += 1;
    if (wasClosed && this.#failures < this.#policy.failures) return false;
    this.#openUntil = nowMs + this.#policy.openMs;
    this.#successes = 0;
    return wasClosed;
  }

  /** The attempt said nothing about the sink: it was called off, or only this message was refused. */
  released(): void {
    this.#isProbing = false;
  }
}
