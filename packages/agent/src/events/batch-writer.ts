import { type BackPressure, slowdownAfter } from "./back-pressure.ts";
import { Backlog, SPILL_POSITION } from "./backlog.ts";
import type { QueueBounds } from "./change-queue.ts";
import { type EventStoreError, storeErrorOf } from "./errors.ts";
import type { EventStore } from "./event-store.ts";
import { lossRow, type LossTally } from "./loss-tally.ts";
import { type RowChange, rowsIn } from "./row.ts";
import { SpillFile } from "./spill-file.ts";

const DEFAULT_CAPACITY_ROWS = 10_000;
const DEFAULT_CAPACITY_BYTES = 16 * 1024 * 1024;
const DEFAULT_BATCH_ROWS = 1_000;
const DEFAULT_DELAY_MS = 5_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** Under memory pressure the queue may hold this share of what it may hold otherwise. */
const SHED_SHARE = 0.1;

export interface BatchWriterOptions {
  readonly store: Pick<EventStore, "write" | "prune" | "recall">;
  readonly losses: LossTally;
  readonly policy: BackPressure;
  readonly capacityRows?: number;
  readonly capacityBytes?: number;
  readonly batchRows?: number;
  /** How long a row waits for others at most; whoever ticks faster flushes by itself. */
  readonly delayMs?: number;
  /** Unix time in milliseconds, and a clock that never jumps. */
  readonly now?: () => number;
  readonly monotonicMs?: () => number;
  readonly onWrite?: (seconds: number, rows: number) => void;
  readonly onFailure?: (error: EventStoreError) => void;
}

export interface WriterReadings {
  readonly queuedRows: number;
  readonly queuedBytes: number;
  readonly spilledBytes: number;
  readonly isUnderMemoryPressure: boolean;
  /** Milliseconds until the store is tried again after a failure; 0 when it works. */
  readonly retryInMs: number;
}

/**
 * Collects changes into batches for the event store. Its queue is bounded; what does not fit goes by the policy, and
 * whatever is lost is counted and becomes a row of agent_losses (ATTACKS 38).
 */
export class BatchWriter {
  readonly #options: BatchWriterOptions;
  readonly #bounds: QueueBounds;
  readonly #batchRows: number;
  readonly #now: () => number;
  readonly #monotonicMs: () => number;
  readonly #backlog: Backlog;
  readonly #stale = new Set<string>();
  #flushing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerDueAt = 0;
  #turn: Promise<void> = Promise.resolve();
  #waitingPuts = 0;
  #waitingRows = 0;
  #wakers: (() => void)[] = [];
  #isUnderMemoryPressure = false;
  #isClosed = false;
  #slowdown = 1;
  #retryDelayMs = 0;
  #retryAt = 0;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
    this.#bounds = {
      rows: options.capacityRows ?? DEFAULT_CAPACITY_ROWS,
      bytes: options.capacityBytes ?? DEFAULT_CAPACITY_BYTES,
    };
    this.#batchRows = options.batchRows ?? DEFAULT_BATCH_ROWS;
    this.#now = options.now ?? Date.now;
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#backlog = new Backlog(openSpill(options), (lost) => options.losses.add("queue", "spill", "spill_torn", lost));
    this.#schedule();
  }

  /** By what collectors should stretch their intervals; more than 1 with the adaptive policy alone. */
  get slowdown(): number {
    return this.#slowdown;
  }

  /** Takes changes in. Resolves at once, but under the policy that blocks: then when they have room or are refused. */
  put(changes: readonly RowChange[]): Promise<void> {
    const { policy } = this.#options;
    if (this.#isClosed) {
      for (const change of changes) this.#lose(change, "shutdown");
      return Promise.resolve();
    }
    if (policy.kind === "block") return this.#putInTurn(changes, this.#monotonicMs() + policy.timeoutMs);
    for (const change of changes) this.#admit(change);
    this.#schedule();
    return Promise.resolve();
  }

  /** Writes what waits; when the store fails it stays, and is tried again later. Never throws. */
  flush(): Promise<void> {
    this.#flushing ??= this.#writeAll().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  /** Tables of state of which a change was lost since the last call: their rows must all be put again. */
  takeStale(): ReadonlySet<string> {
    const stale = new Set(this.#stale);
    this.#stale.clear();
    return stale;
  }

  /** While memory is short the queue keeps a tenth of what it may hold otherwise; the rest is spilled or lost. */
  setMemoryPressure(isUnderMemoryPressure: boolean): void {
    this.#isUnderMemoryPressure = isUnderMemoryPressure;
    if (this.#backlog.isOver(this.#boundsNow)) this.#backlog.spillAll();
    while (this.#backlog.isOver(this.#boundsNow) && this.#writeBatch());
    while (this.#backlog.isOver(this.#boundsNow)) this.#lose(this.#backlog.dropOldest(), "memory_pressure");
  }

  readings(): WriterReadings {
    return {
      queuedRows: this.#backlog.rows,
      queuedBytes: this.#backlog.bytes,
      spilledBytes: this.#backlog.spilledBytes,
      isUnderMemoryPressure: this.#isUnderMemoryPressure,
      retryInMs: Math.max(0, this.#retryAt - this.#monotonicMs()),
    };
  }

  /** Writes what can be written; the rest goes to the spill file, or is counted as lost. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#wake();
    await this.#turn;
    await this.#flushing;
    this.#retryAt = 0;
    await this.flush();
    clearTimeout(this.#timer);
    for (const change of this.#backlog.dropAll()) {
      if (!this.#backlog.spill(change)) this.#lose(change, "shutdown");
    }
    this.#backlog.close();
  }

  get #boundsNow(): QueueBounds {
    if (!this.#isUnderMemoryPressure) return this.#bounds;
    return { rows: this.#bounds.rows * SHED_SHARE, bytes: this.#bounds.bytes * SHED_SHARE };
  }

  #admit(change: RowChange): void {
    const { kind } = this.#options.policy;
    while (!this.#hasRoom(change)) {
      if (kind === "spill") {
        if (!this.#backlog.spill(change)) this.#lose(change, "spill_full");
        return;
      }
      this.#lose(this.#backlog.dropOldest(), "queue_full");
    }
    this.#backlog.push(change);
  }

  /** A full queue is first written from at once: only a store that fails or is too slow leaves it full. */
  #hasRoom(change: RowChange): boolean {
    if (this.#backlog.hasRoom(change, this.#boundsNow)) return true;
    this.#writeBatch();
    return this.#backlog.hasRoom(change, this.#boundsNow);
  }

  /** Whoever came first gets room first; those who wait are bounded like the queue itself. */
  async #putInTurn(changes: readonly RowChange[], deadlineMs: number): Promise<void> {
    const isFirst = this.#waitingPuts === 0;
    const waiting = isFirst ? changes.slice(this.#pushWhatFits(changes)) : changes;
    const rows = waiting.reduce((sum, change) => sum + rowsIn(change), 0);
    if (!isFirst && this.#waitingRows + rows > this.#bounds.rows) {
      for (const change of waiting) this.#lose(change, "queue_full");
      return;
    }
    if (waiting.length > 0) await this.#waitInTurn(waiting, rows, deadlineMs);
    this.#schedule();
  }

  /** Returns how many of the changes found room at once. */
  #pushWhatFits(changes: readonly RowChange[]): number {
    for (const [index, change] of changes.entries()) {
      if (!this.#hasRoom(change)) return index;
      this.#backlog.push(change);
    }
    return changes.length;
  }

  async #waitInTurn(changes: readonly RowChange[], rows: number, deadlineMs: number): Promise<void> {
    this.#waitingPuts++;
    this.#waitingRows += rows;
    const before = this.#turn;
    const turn = Promise.withResolvers<void>();
    this.#turn = turn.promise;
    this.#schedule();
    await before;
    for (const change of changes) {
      if (await this.#awaitRoom(change, deadlineMs)) this.#backlog.push(change);
      else this.#lose(change, "queue_timeout");
    }
    this.#waitingPuts--;
    this.#waitingRows -= rows;
    turn.resolve();
  }

  async #awaitRoom(change: RowChange, deadlineMs: number): Promise<boolean> {
    while (!this.#hasRoom(change)) {
      const leftMs = deadlineMs - this.#monotonicMs();
      if (leftMs <= 0 || this.#isClosed) return false;
      const woken = Promise.withResolvers<void>();
      this.#wakers.push(woken.resolve);
      const timer = setTimeout(woken.resolve, leftMs);
      await woken.promise;
      clearTimeout(timer);
    }
    return true;
  }

  #wake(): void {
    for (const wake of this.#wakers.splice(0)) wake();
  }

  /** Batch by batch, with other work in between. */
  async #writeAll(): Promise<void> {
    const { policy } = this.#options;
    const { rows, bytes } = this.#boundsNow;
    const fill = Math.max(this.#backlog.rows / rows, this.#backlog.bytes / bytes);
    if (policy.kind === "adaptive") this.#slowdown = slowdownAfter(this.#slowdown, fill);
    while (this.#writeBatch() && !this.#backlog.isEmpty) await new Promise(setImmediate);
  }

  /** Writes the oldest changes and what is known to be lost; false when there was nothing, or the store failed. */
  #writeBatch(): boolean {
    if (this.#monotonicMs() < this.#retryAt) return false;
    const batch = this.#backlog.next(this.#batchRows);
    const losses = this.#options.losses.take();
    if (batch.changes.length + losses.length === 0) return false;
    const seconds = Math.floor(this.#now() / 1_000);
    const told = losses.map((loss) => ({ table: "agent_losses", row: lossRow(loss, seconds) }));
    const startedAt = this.#monotonicMs();
    try {
      const { rows } = this.#options.store.write([...batch.changes, ...told], batch.remembered);
      this.#options.onWrite?.((this.#monotonicMs() - startedAt) / 1_000, rows);
    } catch (cause) {
      this.#options.losses.restore(losses);
      this.#retryLater(storeErrorOf(cause));
      return false;
    }
    this.#retryDelayMs = 0;
    this.#retryAt = 0;
    batch.take();
    this.#wake();
    return true;
  }

  #retryLater(error: EventStoreError): void {
    this.#options.onFailure?.(error);
    this.#retryDelayMs = Math.min(Math.max(this.#retryDelayMs * 2, FIRST_RETRY_MS), LAST_RETRY_MS);
    this.#retryAt = this.#monotonicMs() + this.#retryDelayMs;
    if (error.code === "store_full") this.#makeRoomInStore();
    this.#schedule();
  }

  /** The file has reached its bound: its oldest events go. A disk that is full is another's to empty. */
  #makeRoomInStore(): void {
    try {
      this.#options.store.prune(undefined);
    } catch (cause) {
      this.#options.onFailure?.(storeErrorOf(cause));
    }
  }

  #lose(change: RowChange | undefined, reason: string): void {
    if (change === undefined) return;
    this.#options.losses.add("queue", change.table, reason, Math.max(1, rowsIn(change)));
    this.#stale.add(change.table);
  }

  #schedule(): void {
    if (this.#isClosed || this.#backlog.isEmpty) return;
    const now = this.#monotonicMs();
    const isBatch = this.#backlog.rows >= this.#batchRows;
    const dueAt = Math.max(this.#retryAt, now + (isBatch ? 0 : (this.#options.delayMs ?? DEFAULT_DELAY_MS)));
    if (this.#timer !== undefined && this.#timerDueAt <= dueAt) return;
    clearTimeout(this.#timer);
    this.#timerDueAt = dueAt;
    this.#timer = setTimeout(() => this.#onTimer(), dueAt - now);
    this.#timer.unref();
  }

  #onTimer(): void {
    this.#timer = undefined;
    void this.flush().then(() => this.#schedule());
  }
}

function openSpill({ policy, store, losses }: BatchWriterOptions): SpillFile | undefined {
  if (policy.kind !== "spill") return undefined;
  const spill = new SpillFile(policy.path, policy.maxBytes, store.recall(SPILL_POSITION));
  if (spill.wasForeign) losses.add("queue", "spill", "spill_damaged", 1);
  return spill;
}
