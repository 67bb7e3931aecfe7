import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "./clock.ts";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #wall = Date.UTC(2026, 2, 2, 9, 30); // a Monday
  #steady = 1_000;
  #sleepers: Sleeper[] = [];

  wallMs(): number {
    return this.#wall;
  }

  steadyMs(): number {
    return this.#steady;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal.aborted) resolve();
    const sleeper = { until: this.#steady + Math.max(0, ms), wake: resolve };
    this.#sleepers.push(sleeper);
    signal.addEventListener("abort", () => resolve(), { once: true });
    void promise.then(() => {
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
    });
    return promise;
  }

  /** Lets time pass, with everything that wakes on the way. */
  async advance(ms: number): Promise<void> {
    const end = this.#steady + ms;
    for (;;) {
      await settled();
      const next = Math.min(...this.#sleepers.map(({ until }) => until));
      if (next > end) break;
      this.#move(Math.max(0, next - this.#steady));
      for (const { until, wake } of this.#sleepers) if (until <= this.#steady) wake();
    }
    this.#move(end - this.#steady);
    await settled();
  }

  /** Somebody sets the wall clock. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  #move(ms: number): void {
    this.#steady += ms;
    this.#wall += ms;
  }
}

/** Everything that needs no time has happened. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await turn();
}
