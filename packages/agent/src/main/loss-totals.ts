import type { Logger } from "@holdfast/engine";
import type { Loss } from "../events/index.ts";

const MAX_KINDS = 256;
const SAY_AGAIN_MS = 60_000;

interface Total {
  lost: number;
  saidAt: number;
  saidLost: number;
}

/** What was lost since the agent was started, by stage, name and reason; the log hears of each kind once a minute. */
export class LossTotals {
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #totals = new Map<string, Total>();

  constructor(log: Logger, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  add(loss: Loss): void {
    const key = this.#keyOf(loss);
    const total = this.#totals.get(key) ?? { lost: 0, saidAt: Number.NEGATIVE_INFINITY, saidLost: 0 };
    total.lost += loss.lost;
    this.#totals.set(key, total);
    if (this.#now() - total.saidAt < SAY_AGAIN_MS) return;
    const { stage, name, reason } = kindOf(key);
    this.#log.warn({ stage, name, reason, lost: total.lost - total.saidLost }, "something was missed or lost");
    total.saidAt = this.#now();
    total.saidLost = total.lost;
  }

  list(): readonly Loss[] {
    return [...this.#totals].map(([key, { lost }]) => ({ ...kindOf(key), lost }));
  }

  /** Kinds are bounded; what no longer fits is counted together. */
  #keyOf({ stage, name, reason }: Loss): string {
    const key = JSON.stringify([stage, name, reason]);
    const isFull = !this.#totals.has(key) && this.#totals.size >= MAX_KINDS;
    return isFull ? JSON.stringify([stage, "others", "others"]) : key;
  }
}

function kindOf(key: string): Pick<Loss, "stage" | "name" | "reason"> {
  const [stage, name, reason] = JSON.parse(key) as [Loss["stage"], string, string];
  return { stage, name, reason };
}
