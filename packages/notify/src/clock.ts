import { setTimeout as delay } from "node:timers/promises";

/** Time as the notifier meets it; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970: what is stored, and what people's hours are about. It may jump. */
  wallMs(): number;
  /** Milliseconds since some moment, never backwards: what waiting is measured by. */
  steadyMs(): number;
  /** Ends after `ms`, or at once when the signal says so; never throws. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  steadyMs: () => performance.now(),
  async sleep(ms, signal) {
    // The only thing that it can throw is that it was woken.
    await delay(Math.min(Math.max(0, ms), LONGEST_TIMER_MS), undefined, { signal }).catch(() => undefined);
  },
};
