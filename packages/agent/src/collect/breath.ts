import { setImmediate } from "node:timers/promises";

const BUSY_MS = 5;

/** Lets others run in the middle of work that does not wait by itself, and ends it when nobody waits for it any more. */
export class Breath {
  readonly #signal: AbortSignal;
  #since: number = performance.now();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Called between small steps; gives way every few milliseconds, and throws once the work was given up. */
  async take(): Promise<void> {
    if (performance.now() - this.#since < BUSY_MS) return;
    await setImmediate();
    this.#signal.throwIfAborted();
    this.#since = performance.now();
  }
}
