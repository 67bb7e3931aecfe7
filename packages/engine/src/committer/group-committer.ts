import type { SignedHead } from "@holdfast/kernel/head";
import { Refusal } from "../errors.ts";
import type { Committer } from "../storage.ts";
import type { CommitResult, Submission } from "../submission.ts";
import type { Row, Table } from "../table.ts";
import { checkChange } from "./check-change.ts";
import type { CommitterEvent } from "./event.ts";
import { FootprintWindow } from "./footprint-window.ts";
import type { BatchResult, Miss } from "./ledger-database.ts";
import type { StoredCheckpoint } from "../ledger/ledger-store.ts";
import type { CommitterDependencies, CommitterOptions } from "./options.ts";
import { BatchCodec } from "./pack-batch.ts";
import { type PendingRow, PendingRows } from "./pending-rows.ts";
import { planBatch, sharedKey } from "./plan-batch.ts";
import { Publisher } from "./publisher.ts";
import type { Recovery } from "./recover.ts";
import { bytesOf, type Queued, type QueueLimits, SubmissionQueue } from "./submission-queue.ts";
import type { WriterOptions } from "./writer.ts";
import { WriterLink } from "./writer-link.ts";
import { startWriterThread } from "./writer-thread.ts";

const LIMITS: QueueLimits = {
  maxOperations: 4_096,
  maxBytes: 64 * 1024 * 1024,
  maxAgeMs: 2_000,
  maxBatchOperations: 256,
  maxBatchBytes: 16 * 1024 * 1024,
};
const RETRY_AFTER_SECONDS = 1;

/** Collects what is submitted while a batch is on its way, and keeps footprints, pending rows and position in step. */
export class GroupCommitter implements Committer {
  readonly #options: CommitterOptions;
  readonly #nowMs: () => number;
  readonly #checkpointDelayMs: number;
  readonly #unlock: () => void;
  readonly #queue: SubmissionQueue;
  readonly #codec: BatchCodec;
  readonly #link: WriterLink;
  readonly #publisher: Publisher;
  readonly #rows = new PendingRows();
  readonly #window = new FootprintWindow(0);
  #batch: readonly Queued[] = [];
  #isBusy = false;
  #isClosing = false;
  #position = 0;
  #recovery: Recovery | undefined;
  #head: SignedHead | undefined;
  #checkpoint: StoredCheckpoint | undefined;
  #checkpointTimer: NodeJS.Timeout | undefined;
  /** Footprint keys of a batch whose outcome is not known. */
  #doubtful: readonly string[] = [];

  constructor(options: CommitterOptions, dependencies: CommitterDependencies, unlock: () => void) {
    this.#options = options;
    this.#nowMs = dependencies.nowMs ?? Date.now;
    this.#checkpointDelayMs = dependencies.checkpointDelayMs ?? 5_000;
    this.#unlock = unlock;
    this.#queue = new SubmissionQueue({ ...LIMITS, ...options.limits });
    this.#codec = new BatchCodec(options.tables);
    this.#publisher = new Publisher(options.publish ?? [], (event) => this.#tell(event));
    this.#link = new WriterLink(
      dependencies.startWriter ?? startWriterThread,
      () => this.#writerOptions(dependencies.recordEntries ?? true),
      {
        opened: (recovery) => this.#onOpened(recovery),
        committed: (result) => this.#onCommitted(result),
        failed: (message) => this.#onFailed(message),
        lost: (message) => this.#onLost(message),
        checkpoint: (checkpoint) => this.#onCheckpoint(checkpoint),
        event: (event) => this.#tell(event),
      },
      dependencies.restartDelayMs ?? 100,
    );
  }

  open(): Promise<void> {
    return this.#link.open();
  }

  get position(): number {
    return this.#position;
  }

  get head(): SignedHead {
    return this.#head as SignedHead;
  }

  get checkpoint(): StoredCheckpoint | undefined {
    return this.#checkpoint;
  }

  /** What the last opening found: at start, or after a writer was lost. */
  get recovery(): Recovery {
    return this.#recovery as Recovery;
  }

  get queue(): { readonly depth: number; readonly bytes: number; readonly ageMs: number } {
    return { depth: this.#queue.depth, bytes: this.#queue.bytes, ageMs: this.#queue.ageMs(this.#nowMs()) };
  }

  pending(table: Table, key: Row): PendingRow | null | undefined {
    return this.#rows.get(table, key);
  }

  /** The refusal that a submission of `bytes` would meet now; doors ask before any work is done. */
  admission(bytes = 0): Refusal | undefined {
    if (this.#isClosing || !this.#link.isOpen) {
      return new Refusal("storage_failed", "The server cannot record operations at the moment.", {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    if (this.#queue.admits(bytes, this.#nowMs())) return undefined;
    return new Refusal("overloaded", "More operations wait to be recorded than the server takes on.", {
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }

  submit(submission: Submission): Promise<CommitResult> {
    const bytes = bytesOf(submission);
    const refusal = this.admission(bytes) ?? this.#refusedChange(submission);
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#queue.push({ submission, bytes, queuedAt: this.#nowMs(), resolve, reject });
      this.#rows.add(submission, submission.changes);
      this.#schedule();
    });
  }

  #refusedChange({ changes }: Submission): Refusal | undefined {
    try {
      for (const { change } of changes) {
        checkChange(change);
        this.#codec.indexOf("put" in change ? change.put : change.delete);
      }
      return undefined;
    } catch (cause) {
      return new Refusal("internal", "A change does not fit its table.", { cause });
    }
  }

  /** The newest checkpoint, after one was issued over everything that is committed: for a proof that cannot wait. */
  async checkpointNow(): Promise<StoredCheckpoint | undefined> {
    await this.#link.checkpoint();
    return this.#checkpoint;
  }

  async truncateWal(): Promise<boolean> {
    return this.#link.truncateWal();
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    clearTimeout(this.#checkpointTimer);
    while (this.#queue.depth > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await this.#link.close();
    await this.#publisher.idle();
    this.#unlock();
  }

  #schedule(): void {
    if (this.#isBusy || !this.#queue.isWaiting) return;
    this.#isBusy = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    const { admitted, planned, stale } = planBatch(this.#queue.take(), this.#window);
    for (const { item, key } of stale) this.#settle(item, { status: "stale", key });
    if (stale.length > 0) this.#tell({ kind: "stale", operations: stale.length });
    this.#batch = admitted;
    if (admitted.length > 0) this.#link.commit(this.#codec.pack(planned));
    else this.#finishBatch();
  }

  #onCommitted(result: BatchResult): void {
    const batch = this.#batch;
    const misses = new Map(result.misses.map((miss) => [miss.index, miss]));
    const committed = batch.filter((_, index) => !misses.has(index));
    const writes = committed.flatMap((item, index) => this.#record(item.submission, result.firstSeq + index));
    const position = result.firstSeq + committed.length;
    this.#head = result.head;
    this.#doubtful = [];
    this.#options.onCommitted?.({ writes, position });
    this.#position = position;
    let seq = result.firstSeq;
    for (const [index, item] of batch.entries()) {
      const miss = misses.get(index);
      if (miss === undefined) this.#settle(item, { status: "committed", seq: seq++, time: result.timeMs });
      else this.#onMiss(item, miss, batch);
    }
    this.#finishBatch();
    this.#report(result, batch.length, committed.length);
  }

  #record(submission: Submission, seq: number): readonly string[] {
    this.#window.record(submission.writes, seq);
    return submission.writes;
  }

  #onMiss(item: Queued, miss: Miss, batch: readonly Queued[]): void {
    if (miss.status === "conflict") return this.#settle(item, { status: "conflict", table: miss.table });
    if (miss.status === "refused") return this.#fail(item, new Refusal("internal", miss.reason));
    const writer = batch[miss.by] as Queued;
    this.#settle(item, { status: "stale", key: sharedKey(item.submission, writer.submission) });
  }

  #report(result: BatchResult, operations: number, committed: number): void {
    const { commitMs, fsyncMs, clockBackMs, checkpoint, misses } = result;
    this.#tell({ kind: "batch", operations, committed, commitMs, fsyncMs });
    const stale = misses.filter((miss) => miss.status === "stale").length;
    if (stale > 0) this.#tell({ kind: "stale", operations: stale });
    if (clockBackMs > 0) this.#tell({ kind: "clock-back", byMs: clockBackMs });
    if (checkpoint !== undefined) this.#onCheckpoint(checkpoint);
    else if (committed > 0) this.#checkpointLater();
  }

  #checkpointLater(): void {
    this.#checkpointTimer ??= setTimeout(() => {
      this.#checkpointTimer = undefined;
      void this.#link.checkpoint();
    }, this.#checkpointDelayMs);
  }

  #onCheckpoint(checkpoint: StoredCheckpoint): void {
    this.#checkpoint = checkpoint;
    this.#publisher.publish(checkpoint);
  }

  /** Nothing of the batch stands. Its keys are kept until the next success all the same: it costs nothing. */
  #onFailed(message: string): void {
    const batch = this.#batch;
    this.#doubtful = batch.flatMap((item) => item.submission.writes);
    for (const item of batch) this.#fail(item, notRecorded());
    this.#finishBatch();
    this.#tell({ kind: "batch-failed", operations: batch.length, message });
  }

  #onLost(message: string): void {
    if (this.#batch.length > 0) this.#doubtful = this.#batch.flatMap((item) => item.submission.writes);
    this.#batch = [];
    const all = this.#queue.drain();
    for (const item of all) this.#fail(item, notRecorded());
    this.#tell({ kind: "writer-lost", message, operations: all.length });
  }

  #onOpened(recovery: Recovery): void {
    const isRestart = this.#recovery !== undefined;
    const { head, checkpoint } = recovery;
    this.#recovery = recovery;
    this.#head = head;
    this.#isBusy = false;
    this.#window.forgetBefore(head.size);
    if (isRestart) this.#options.onCommitted?.({ writes: this.#doubtful, position: head.size });
    this.#doubtful = [];
    this.#position = head.size;
    if (checkpoint !== undefined) this.#onCheckpoint(checkpoint);
    if (head.size > (checkpoint?.size ?? 0)) this.#checkpointLater();
    this.#tell({ kind: "recovered", recovery });
  }

  #finishBatch(): void {
    this.#queue.settle();
    this.#batch = [];
    this.#isBusy = false;
    this.#schedule();
  }

  #settle(item: Queued, result: CommitResult): void {
    this.#rows.remove(item.submission, item.submission.changes);
    item.resolve(result);
  }

  #fail(item: Queued, error: Refusal): void {
    this.#rows.remove(item.submission, item.submission.changes);
    item.reject(error);
  }

  #tell(event: CommitterEvent): void {
    this.#options.onEvent?.(event);
  }

  /** A writer that opens again must find at least what was acknowledged. */
  #writerOptions(recordEntries: boolean): WriterOptions {
    const { path, tables, origin, signingSeed, stateKey, known = [], mustExist = false } = this.#options;
    const seen = this.#head === undefined ? [] : [{ size: this.#head.size, root: this.#head.root }];
    return {
      path,
      tables,
      origin,
      signingSeed,
      stateKey,
      known: [...known, ...seen],
      mustExist: mustExist || this.#head !== undefined,
      recordEntries,
    };
  }
}

const notRecorded = () =>
  new Refusal("storage_failed", "The operation could not be recorded; whether it stands is not known.", {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    hint: "Read before you try again.",
  });
