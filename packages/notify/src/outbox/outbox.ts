import { boundDead, bury } from "./bury.ts";
import { claim, hasDue, nextDueAt, type Wanted } from "./claim.ts";
import { countBySink, type SinkCounts } from "./counts.ts";
import {
  type DeadLetterPage,
  dropDeadLetters,
  expireDeadLetters,
  listDeadLetters,
  retryDeadLetters,
  type Which,
} from "./dead-letters.ts";
import type { Delivery } from "./delivery.ts";
import { type Addressed, enqueue, type Enqueued } from "./enqueue.ts";
import { defaultLimits, type OutboxLimits } from "./limits.ts";
import { OutboxFile, type OutboxEvent } from "./outbox-file.ts";
import { shift } from "./resume.ts";
import { settle, type Settled } from "./settle.ts";

export interface OutboxOptions {
  readonly path: string;
  readonly limits?: Partial<OutboxLimits>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onEvent: (event: OutboxEvent) => void;
}

/**
 * What has to be told, on disk: a delivery is in it from the transaction that takes its notification in until the sink
 * has it, whatever ends the process in between. Every change is one durable transaction; faults are NotifyErrors.
 */
export class Outbox {
  readonly #file: OutboxFile;
  readonly #limits: OutboxLimits;
  readonly #now: () => number;

  private constructor({ limits, ...options }: OutboxOptions) {
    this.#limits = { ...defaultLimits, ...limits };
    this.#now = options.now;
    this.#file = new OutboxFile(options);
  }

  /** Opens the outbox at a path, makes one where there is none, and puts a damaged one aside. */
  static open(options: OutboxOptions): Outbox {
    return new Outbox(options);
  }

  /** How far the ledger was taken in; undefined in a new outbox, which cannot know. */
  get watermark(): number | undefined {
    return this.#file.read((store) => {
      const value = store.number(Number.NaN, "SELECT watermark FROM ledger");
      return Number.isNaN(value) ? undefined : value;
    });
  }

  enqueue(batch: readonly Addressed[], watermark?: number): Enqueued {
    return this.#file.change((store, now) => enqueue(store, batch, watermark, this.#limits, now));
  }

  claim(wanted: Wanted): readonly Delivery[] {
    if (!this.#file.read((store) => hasDue(store, wanted, this.#now()))) return [];
    return this.#file.change((store, now) => claim(store, wanted, now));
  }

  settle(sink: string, settled: readonly Settled[]): void {
    this.#file.change((store, now) => settle(store, sink, settled, this.#limits, now));
  }

  nextDueAt(wanted: Omit<Wanted, "most">): number | undefined {
    return this.#file.read((store) => nextDueAt(store, wanted));
  }

  /** Makes dead letters of what waits for sinks that are no longer there; returns how many of each. */
  keepOnly(sinks: readonly string[]): ReadonlyMap<string, number> {
    return this.#file.change((store, now) => {
      const gone = store.all(
        `SELECT id, sink FROM deliveries
         WHERE state <> 'dead' AND sink NOT IN (SELECT value FROM json_each(?)) ORDER BY id`,
        JSON.stringify(sinks),
      );
      for (const { id } of gone) bury(store, Number(id), "sink_removed", null, now);
      const bySink = Map.groupBy(gone, ({ sink }) => String(sink));
      for (const sink of bySink.keys()) boundDead(store, sink, this.#limits);
      return new Map([...bySink].map(([sink, rows]) => [sink, rows.length]));
    });
  }

  counts(): ReadonlyMap<string, SinkCounts> {
    return this.#file.read(countBySink);
  }

  deadLetters(page: { readonly sink?: string; readonly after?: number; readonly limit?: number } = {}): DeadLetterPage {
    return this.#file.read((store) => listDeadLetters(store, page));
  }

  /** Queues dead letters again for the sinks that are given; returns how many. */
  retryDead(which: Which, sinks: readonly string[]): number {
    return this.#file.change((store, now) => retryDeadLetters(store, which, sinks, now));
  }

  dropDead(which: Which): number {
    return this.#file.change((store) => dropDeadLetters(store, which));
  }

  /** Drops dead letters that are too old; returns how many. */
  expire(): number {
    return this.#file.change((store, now) => expireDeadLetters(store, now - this.#limits.deadMaxAgeMs));
  }

  /** The wall clock was put forward (or back, below zero). */
  shift(byMs: number): void {
    this.#file.change((store) => shift(store, byMs));
  }

  close(): void {
    this.#file.close();
  }
}
