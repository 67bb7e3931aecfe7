import type { EventStore } from "./event-store.ts";

const PRUNE_EVERY_MS = 60_000;
const CHECKPOINT_ROWS = 5_000;
/** What a power cut can take is bounded: a checkpoint is made after this time at the latest. */
const CHECKPOINT_EVERY_MS = 300_000;
/** Wall clock and steady clock may part by so much between two looks before the wall clock counts as set anew. */
const JUMP_MS = 3_600_000;
/** After a jump nothing goes by its age for a day: a clock that is wrong must not erase what was seen. */
const DISTRUST_MS = 86_400_000;

export interface UpkeepOptions {
  readonly store: Pick<EventStore, "prune" | "checkpoint" | "readings">;
  readonly maxAgeSeconds: number;
  readonly now?: () => number;
  readonly monotonicMs?: () => number;
}

/** Keeps the event store small and durable in the moments between ticks. */
export class StoreUpkeep {
  readonly #options: UpkeepOptions;
  readonly #now: () => number;
  readonly #monotonicMs: () => number;
  #offsetMs: number;
  #trustAt: number;
  #pruneAt: number;
  #checkpointAt: number;

  constructor(options: UpkeepOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    const monotonicMs = this.#monotonicMs();
    this.#offsetMs = this.#now() - monotonicMs;
    this.#trustAt = monotonicMs;
    this.#pruneAt = monotonicMs;
    this.#checkpointAt = monotonicMs + CHECKPOINT_EVERY_MS;
  }

  /** One step, called after each tick; a checkpoint waits for one after which nothing is left to write. */
  step(isQuiet: boolean): void {
    this.#prune();
    if (isQuiet) this.#checkpoint();
  }

  #prune(): void {
    const monotonicMs = this.#monotonicMs();
    this.#watchClock(monotonicMs);
    if (monotonicMs < this.#pruneAt) return;
    const isTrusted = monotonicMs >= this.#trustAt;
    const before = Math.floor(this.#now() / 1_000) - this.#options.maxAgeSeconds;
    const { isMoreDue } = this.#options.store.prune(isTrusted ? before : undefined);
    if (!isMoreDue) this.#pruneAt = monotonicMs + PRUNE_EVERY_MS;
  }

  #watchClock(monotonicMs: number): void {
    const offsetMs = this.#now() - monotonicMs;
    if (Math.abs(offsetMs - this.#offsetMs) > JUMP_MS) this.#trustAt = monotonicMs + DISTRUST_MS;
    this.#offsetMs = offsetMs;
  }

  #checkpoint(): void {
    const monotonicMs = this.#monotonicMs();
    const { rowsSinceCheckpoint } = this.#options.store.readings();
    if (rowsSinceCheckpoint === 0) return;
    if (rowsSinceCheckpoint < CHECKPOINT_ROWS && monotonicMs < this.#checkpointAt) return;
    this.#options.store.checkpoint();
    this.#checkpointAt = monotonicMs + CHECKPOINT_EVERY_MS;
  }
}
