/** Calls back after ever longer pauses, with some chance in them; begins anew after a time in which it was not needed. */
export class RetryTimer {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #call: () => void;
  #attempt = 0;
  #armedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(baseMs: number, maxMs: number, call: () => void) {
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
    this.#call = call;
  }

  arm(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    if (now - this.#armedAt > 2 * this.#maxMs) this.#attempt = 0;
    this.#armedAt = now;
    const pauseMs = Math.min(this.#baseMs * 2 ** this.#attempt, this.#maxMs);
    this.#attempt = Math.min(this.#attempt + 1, 30);
    this.#timer = setTimeout(this.#call, pauseMs * (0.75 + Math.random() / 4)).unref();
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}
