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
import { identityOf, moveAside, openFile, outboxError, writeWhole } from "./file.ts";
import { defaultLimits, type OutboxLimits } from "./limits.ts";
import { resume, shift } from "./resume.ts";
import { settle, type Settled } from "./settle.ts";
import { Store } from "./store.ts";

/** What happened to the file; whoever runs the outbox tells people. */
export type OutboxEvent =
  | { readonly kind: "created" }
  /** Deliveries that an ended process was sending, and that are sent again. */
  | { readonly kind: "resumed"; readonly requeued: number }
  /** It could not be read on; a new one was begun, with no watermark. */
  | { readonly kind: "damaged"; readonly movedTo: string }
  /** Somebody removed or replaced it while it was in use; what was in it was written there again. */
  | { readonly kind: "replaced" };

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
  readonly #options: OutboxOptions;
  readonly #limits: OutboxLimits;
  #store: Store;
  #identity: string;

  private constructor(options: OutboxOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    ({ store: this.#store, identity: this.#identity } = this.#open());
  }

  /** Opens the outbox at a path, makes one where there is none, and puts a damaged one aside. */
  static open(options: OutboxOptions): Outbox {
    return new Outbox(options);
  }

  /** How far the ledger was taken in; undefined in a new outbox, which cannot know. */
  get watermark(): number | undefined {
    return this.#guarded((store) => {
      const value = store.number(Number.NaN, "SELECT watermark FROM ledger");
      return Number.isNaN(value) ? undefined : value;
    });
  }

  enqueue(batch: readonly Addressed[], watermark?: number): Enqueued {
    return this.#change((store, now) => enqueue(store, batch, watermark, this.#limits, now));
  }

  claim(wanted: Wanted): readonly Delivery[] {
    if (!this.#guarded((store) => hasDue(store, wanted, this.#options.now()))) return [];
    return this.#change((store, now) => claim(store, wanted, now));
  }

  settle(sink: string, settled: readonly Settled[]): void {
    this.#change((store, now) => settle(store, sink, settled, this.#limits, now));
  }

  nextDueAt(wanted: Omit<Wanted, "most">): number | undefined {
    return this.#guarded((store) => nextDueAt(store, wanted));
  }

  /** Makes dead letters of what waits for sinks that are no longer there; returns how many of each. */
  keepOnly(sinks: readonly string[]): ReadonlyMap<string, number> {
    return this.#change((store, now) => {
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
    return this.#guarded(countBySink);
  }

  deadLetters(page: { readonly sink?: string; readonly after?: number; readonly limit?: number } = {}): DeadLetterPage {
    return this.#guarded((store) => listDeadLetters(store, page));
  }

  /** Queues dead letters again for the sinks that are given; returns how many. */
  retryDead(which: Which, sinks: readonly string[]): number {
    return this.#change((store, now) => retryDeadLetters(store, which, sinks, now));
  }

  dropDead(which: Which): number {
    return this.#change((store) => dropDeadLetters(store, which));
  }

  /** Drops dead letters that are too old; returns how many. */
  expire(): number {
    return this.#change((store, now) => expireDeadLetters(store, now - this.#limits.deadMaxAgeMs));
  }

  /** The wall clock was put forward (or back, below zero). */
  shift(byMs: number): void {
    this.#change((store) => shift(store, byMs));
  }

  close(): void {
    this.#store.close();
  }

  /** A damaged file is put aside, once: a second failure is not the file's. */
  #open(): { readonly store: Store; readonly identity: string } {
    const { path, now, onEvent } = this.#options;
    try {
      return this.#openWhole();
    } catch (error) {
      const failure = outboxError(error);
      if (failure.code !== "outbox_damaged") throw failure;
      onEvent({ kind: "damaged", movedTo: moveAside(path, now()) });
      return this.#openWhole();
    }
  }

  #openWhole(): { readonly store: Store; readonly identity: string } {
    const { path, now, onEvent } = this.#options;
    const { database, isNew } = openFile(path);
    const store = new Store(database);
    try {
      const requeued = store.transaction(() => resume(store, now()));
      if (isNew) onEvent({ kind: "created" });
      if (requeued > 0) onEvent({ kind: "resumed", requeued });
      return { store, identity: identityOf(path) };
    } catch (error) {
      store.close();
      throw outboxError(error);
    }
  }

  #change<T>(work: (store: Store, now: number) => T): T {
    if (identityOf(this.#options.path) !== this.#identity) this.#putBack();
    return this.#guarded((store) => store.transaction(() => work(store, this.#options.now())));
  }

  /** Damage that shows later than at the start begins a new file too; what was asked for has failed all the same. */
  #guarded<T>(work: (store: Store) => T): T {
    try {
      return work(this.#store);
    } catch (error) {
      const failure = outboxError(error);
      if (failure.code === "outbox_damaged") this.#beginAgain();
      throw failure;
    }
  }

  #beginAgain(): void {
    const { path, now, onEvent } = this.#options;
    this.#store.close();
    onEvent({ kind: "damaged", movedTo: moveAside(path, now()) });
    ({ store: this.#store, identity: this.#identity } = this.#open());
  }

  /** What is open is whole, and only its name is lost: it gets a file of that name again. */
  #putBack(): void {
    const { path, now, onEvent } = this.#options;
    try {
      const image = this.#store.image();
      this.#store.close();
      moveAside(path, now());
      writeWhole(path, image);
      onEvent({ kind: "replaced" });
      ({ store: this.#store, identity: this.#identity } = this.#open());
    } catch (error) {
      throw outboxError(error);
    }
  }
}
