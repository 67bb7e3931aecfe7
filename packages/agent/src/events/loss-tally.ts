import type { Row } from "./row.ts";

/** Where in its way something was lost. */
export type LossStage = "collector" | "source" | "queue" | "store" | "executor" | "sink";

export interface Loss {
  readonly stage: LossStage;
  /** Which collector, source, queue or sink. */
  readonly name: string;
  /** Why, as a code. */
  readonly reason: string;
  readonly lost: number;
}

const MAX_KINDS = 256;
const OVERFLOW = "others";

/**
 * Everything that was lost and does not yet stand as a row: one sum for each stage, name and reason, so that a flood of
 * losses is a few rows (ATTACKS 38: nothing is dropped without a count).
 */
export class LossTally {
  readonly #losses = new Map<string, Loss>();
  readonly #onLoss: (loss: Loss) => void;
  #total = 0;

  constructor(onLoss: (loss: Loss) => void = () => {}) {
    this.#onLoss = onLoss;
  }

  /** All that was ever counted. */
  get total(): number {
    return this.#total;
  }

  /** Counts a loss, and tells of it at once. */
  add(stage: LossStage, name: string, reason: string, lost: number): void {
    if (lost <= 0) return;
    this.#total += lost;
    this.#onLoss({ stage, name, reason, lost });
    this.#merge({ stage, name, reason, lost });
  }

  /** What waits to become rows; they are given back with `restore` when they could not be written. */
  take(): Loss[] {
    const losses = [...this.#losses.values()];
    this.#losses.clear();
    return losses;
  }

  restore(losses: readonly Loss[]): void {
    for (const loss of losses) this.#merge(loss);
  }

  /** The map is bounded: what no longer fits is counted together, so that the sum stays true. */
  #merge(loss: Loss): void {
    const key = JSON.stringify([loss.stage, loss.name, loss.reason]);
    const known = this.#losses.get(key);
    const isFull = known === undefined && this.#losses.size >= MAX_KINDS && loss.name !== OVERFLOW;
    if (isFull) this.#merge({ ...loss, name: OVERFLOW, reason: OVERFLOW });
    else this.#losses.set(key, { ...loss, lost: (known?.lost ?? 0) + loss.lost });
  }
}

/** The row of `agent_losses` that tells of a loss. */
export function lossRow({ stage, name, reason, lost }: Loss, seconds: number): Row {
  return { time: seconds, stage, name, reason, lost };
}
