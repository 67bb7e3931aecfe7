export interface TickLoopOptions {
  /** Never fails. */
  readonly tick: () => Promise<void>;
  readonly intervalMs: () => number;
  readonly monotonicMs: () => number;
}

/** Ticks at an interval, one after the other: a tick that takes longer than its time delays the next, and none is made up for. */
export class TickLoop {
  readonly #options: TickLoopOptions;
  #timer: NodeJS.Timeout | undefined;
  #ticking: Promise<void> | undefined;
  #isStopped = false;

  constructor(options: TickLoopOptions) {
    this.#options = options;
  }

  /** The first tick is made at once. */
  start(): void {
    void this.#run();
  }

  /** One tick now, or the one that is under way. */
  now(): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    clearTimeout(this.#timer);
    return this.#run();
  }

  /** No tick begins any more; waits for the one that is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#ticking;
  }

  #run(): Promise<void> {
    this.#ticking ??= this.#tick();
    return this.#ticking;
  }

  async #tick(): Promise<void> {
    const { tick, intervalMs, monotonicMs } = this.#options;
    const startedAt = monotonicMs();
    await tick();
    this.#ticking = undefined;
    if (this.#isStopped) return;
    const leftMs = Math.max(0, startedAt + intervalMs() - monotonicMs());
    this.#timer = setTimeout(() => void this.#run(), leftMs);
  }
}
