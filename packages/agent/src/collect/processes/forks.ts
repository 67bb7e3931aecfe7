import type { Image } from "./process-record.ts";

/** Whose child a process is, and what ran in the parent when it was made: the child runs the same until it executes. */
export interface Fork {
  readonly parent: number;
  readonly timeMs: number;
  readonly image: Image;
}

const MAX_FORKS = 8_192;

/** Processes that were made and have neither executed anything nor ended; bounded, the oldest are forgotten. */
export class Forks {
  readonly #forks = new Map<number, Fork>();

  add(pid: number, fork: Fork): void {
    this.#forks.delete(pid);
    if (this.#forks.size >= MAX_FORKS) this.#forks.delete(this.#forks.keys().next().value as number);
    this.#forks.set(pid, fork);
  }

  get(pid: number): Fork | undefined {
    return this.#forks.get(pid);
  }

  /** Forgets it: the process runs something of its own now, or is gone. */
  take(pid: number): Fork | undefined {
    const fork = this.#forks.get(pid);
    this.#forks.delete(pid);
    return fork;
  }
}
