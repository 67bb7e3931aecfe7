import type { NotifyError } from "../errors.ts";
import { type BreakerState, CircuitBreaker } from "../machines/circuit-breaker.ts";
import { TokenBucket } from "../machines/token-bucket.ts";
import type { DeliverySettings } from "../settings/settings.ts";

const PAUSED_MS = 60_000;

/** Decides when a sink may be sent to: breaker, rate, what it asked for itself, and what an operator said. Times are steady. */
export class SinkGate {
  readonly #breaker: CircuitBreaker;
  readonly #bucket: TokenBucket | undefined;
  #notBefore = 0;
  isPaused = false;

  constructor({ breaker, rate }: Pick<DeliverySettings, "breaker" | "rate">, nowMs: number) {
    this.#breaker = new CircuitBreaker(breaker);
    this.#bucket = rate && new TokenBucket(rate, nowMs);
  }

  /** Whether attempts are numbered by a rate. */
  get isRated(): boolean {
    return this.#bucket !== undefined;
  }

  breaker(nowMs: number): BreakerState {
    return this.#breaker.state(nowMs);
  }

  /** How long nothing may be sent; 0 when something may. */
  waitMs(nowMs: number): number {
    if (this.isPaused) return PAUSED_MS;
    return Math.max(0, this.#breaker.waitMs(nowMs), this.#bucket?.waitMs(nowMs) ?? 0, this.#notBefore - nowMs);
  }

  /** Whether an attempt may begin now; one that did ends with `succeeded` or `failed`. */
  admit(nowMs: number): boolean {
    if (this.waitMs(nowMs) > 0 || !this.#breaker.admit(nowMs)) return false;
    this.#bucket?.take(nowMs);
    return true;
  }

  /** Returns whether the sink works again after it did not. */
  succeeded(): boolean {
    return this.#breaker.succeeded();
  }

  /** Returns whether this was one failure too many. */
  failed(error: NotifyError, nowMs: number): boolean {
    // Who asks for time is given it for everything, not for one notification alone.
    if (error.retryAfterMs !== undefined) this.#notBefore = nowMs + error.retryAfterMs;
    if (error.blames === "sink") return this.#breaker.failed(nowMs);
    this.#breaker.released();
    return false;
  }
}
