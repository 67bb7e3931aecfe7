import type { SignedHead } from "@holdfast/kernel/head";
import { Refusal } from "../errors.ts";
import type { StoredCheckpoint } from "../ledger/ledger-reader.ts";
import type { LedgerCommitter, QueuedRow } from "../storage.ts";
import type { CommitResult, Submission } from "../submission.ts";
import type { Row, Table } from "../table.ts";
import type { WriterBackEnd } from "./back-end.ts";
import { eventsOf, outcomesOf } from "./batch-outcome.ts";
import type { BatchResult, Moved } from "./batch-result.ts";
import { checkChange } from "./check-change.ts";
import type { CommitterEvent } from "./event.ts";
import { FootprintWindow } from "./footprint-window.ts";
import type { GroupDependencies, GroupOptions } from "./options.ts";
import { BatchCodec } from "./pack-batch.ts";
import { PendingRows } from "./pending-rows.ts";
import { planBatch } from "./plan-batch.ts";
import { Publisher } from "./publisher.ts";
import type { Recovery } from "./recovery.ts";
import { notRecorded, notRecording, overloaded, unfitChange } from "./refusals.ts";
import { bytesOf, type Queued, type QueueLimits, SubmissionQueue } from "./submission-queue.ts";
import { Uncommitted } from "./uncommitted.ts";
import { WriterLink } from "./writer-link.ts";

const LIMITS: QueueLimits = {
  maxOperations: 4_096,
  maxBytes: 64 * 1024 * 1024,
  maxAgeMs: 2_000,
  maxBatchOperations: 256,
  maxBatchBytes: 16 * 1024 * 1024,
};

/** A shared ledger that grew by so much gets its next checkpoint at once; a database of our own counts inside its batches. */
const ENTRIES_BETWEEN_CHECKPOINTS = 1_000;

/** Collects what is submitted while a batch is on its way, and keeps footprints, pending rows and position in step. */
export class GroupCommitter implements LedgerCommitter {
  readonly #backEnd: WriterBackEnd;
  readonly #options: GroupOptions;
  readonly #nowMs: () => number;
  readonly #checkpointDelayMs: number;
  readonly #release: () => void | Promise<void>;
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
  #isIssuing = false;
  readonly #uncommitted = new Uncommitted();
  /** Footprint keys of a batch whose outcome is not known. */
  #doubtful: readonly string[] = [];

  /** `release` is called when the committer is closed: what it was holding on to may go. */
  constructor(
    backEnd: WriterBackEnd,
    options: GroupOptions,
    dependencies: GroupDependencies,
    release: () => void | Promise<void>,
  ) {
    this.#backEnd = backEnd;
    this.#options = options;
    this.#nowMs = dependencies.nowMs ?? Date.now;
    this.#checkpointDelayMs = dependencies.checkpointDelayMs ?? 5_000;
    this.#release = release;
    this.#queue = new SubmissionQueue({ ...LIMITS, ...options.limits });
    this.#codec = new BatchCodec(backEnd.tables, { hasFootprints: backEnd.isShared });
    this.#publisher = new Publisher(options.publish ?? [], (event) => this.#tell(event));
    this.#link = new WriterLink(
      (events) => backEnd.start(this.#head, events),
      {
        opened: (recovery) => this.#onOpened(recovery),
        committed: (result) => this.#onCommitted(result),
        failed: (message) => this.#onFailed(message),
        lost: (message) => this.#onLost(message),
        checkpoint: (checkpoint) => this.#onCheckpoint(checkpoint),
        moved: (moved) => this.#onMoved(moved),
        event: (event) => this.#tell(event),
      },
      dependencies.restartDelayMs ?? 100,
    );
  }

  open(): Promise<void> {
    return this.#link.open();
  }

  get isShared(): boolean {
    return this.#backEnd.isShared;
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

  get queue(): { readonly depth: number; readonly bytes: number; readonly ageMs: number } {
    return { depth: this.#queue.depth, bytes: this.#queue.bytes, ageMs: this.#queue.ageMs(this.#nowMs()) };
  }

  pending(table: Table, key: Row): QueuedRow | undefined {
    const queued = this.#rows.get(table, key);
    return queued !== undefined && this.#uncommitted.has(queued.owner) ? undefined : queued;
  }

  settled(table: Table, key: Row): Promise<void> {
    return this.#rows.settled(table, key);
  }

  /** The refusal that a submission of `bytes` would meet now; doors ask before any work is done. */
  admission(bytes = 0): Refusal | undefined {
    if (this.#isClosing || !this.#link.isOpen) return notRecording();
    if (this.#queue.admits(bytes, this.#nowMs())) return undefined;
    return overloaded();
  }

  submit(submission: Submission): Promise<CommitResult> {
    const bytes = bytesOf(submission);
    const refusal = this.admission(bytes) ?? this.#refusedChange(submission);
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#queue.push({ submission, bytes, queuedAt: this.#nowMs(), resolve, reject });
      this.#rows.add(submission);
      this.#uncommitted.follow(submission);
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
      return unfitChange(cause);
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
    if (this.#backEnd.isShared && this.#isOnDuty) await this.#link.checkpoint();
    await this.#link.close();
    await this.#publisher.idle();
    await this.#release();
  }

  #schedule(): void {
    if (this.#isBusy || !this.#queue.isWaiting) return;
    this.#isBusy = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    const { admitted, planned, stale, baseless } = planBatch(this.#queue.take(), this.#window, this.#uncommitted);
    for (const { item, key } of stale) this.#settle(item, { status: "stale", key });
    for (const { item, table } of baseless) this.#settle(item, { status: "conflict", table });
    if (stale.length > 0) this.#tell({ kind: "stale", operations: stale.length });
    this.#batch = admitted;
    if (admitted.length > 0) this.#link.commit(this.#codec.pack(planned));
    else this.#finishBatch();
  }

  #onCommitted(result: BatchResult): void {
    const batch = this.#batch;
    const settled = outcomesOf(batch, result);
    const writes = settled.flatMap(({ item, outcome }) => this.#record(item.submission, outcome));
    const position = result.firstSeq + batch.length - result.misses.length;
    this.#head = result.head;
    this.#doubtful = [];
    this.#options.onCommitted?.({ writes, position, isIncomplete: false });
    this.#position = position;
    for (const { item, outcome } of settled) this.#settle(item, outcome);
    this.#finishBatch();
    for (const event of eventsOf(result, batch.length)) this.#tell(event);
    if (result.checkpoint !== undefined) this.#onCheckpoint(result.checkpoint);
    else this.#checkpointInTime();
  }

  /** Other nodes have committed: their writes fall from the caches before anyone can see their position. */
  #onMoved({ batches, isIncomplete, head, checkpoint }: Moved): void {
    for (const { seq, writes } of batches) this.#window.record(writes, seq);
    if (isIncomplete) this.#window.forgetBefore(head.size);
    const writes = batches.flatMap((batch) => batch.writes);
    this.#head = head;
    this.#options.onCommitted?.({ writes, position: head.size, isIncomplete });
    this.#position = head.size;
    if (checkpoint !== undefined) this.#onCheckpoint(checkpoint);
    this.#checkpointInTime();
  }

  #record({ writes }: Submission, outcome: CommitResult | Refusal): readonly string[] {
    if (outcome instanceof Refusal || outcome.status !== "committed") return [];
    this.#window.record(writes, outcome.seq);
    return writes;
  }

  get #isOnDuty(): boolean {
    return this.#options.isOnDuty?.() ?? true;
  }

  get #uncheckpointed(): number {
    return this.#position - (this.#checkpoint?.size ?? 0);
  }

  #checkpointInTime(): void {
    const isDue = this.#backEnd.isShared && this.#uncheckpointed >= ENTRIES_BETWEEN_CHECKPOINTS;
    if (isDue && this.#isOnDuty) this.#checkpointOnce();
    else this.#checkpointLater();
  }

  /** Batches that come while one is being issued are covered by the next. */
  #checkpointOnce(): void {
    if (this.#isIssuing) return;
    this.#isIssuing = true;
    void this.#link.checkpoint().then(() => {
      this.#isIssuing = false;
    });
  }

  #checkpointLater(): void {
    if (this.#isClosing || this.#uncheckpointed === 0) return;
    this.#checkpointTimer ??= setTimeout(() => {
      this.#checkpointTimer = undefined;
      if (this.#isOnDuty) this.#checkpointOnce();
      // Whoever's duty it is may be gone by now: this node looks again.
      else this.#checkpointLater();
    }, this.#checkpointDelayMs);
  }

  #onCheckpoint(checkpoint: StoredCheckpoint): void {
    this.#checkpoint = checkpoint;
    this.#publisher.publish(checkpoint);
  }

  /** As a rule nothing of the batch stands; when that is not known, the writer ends next. Either way its keys are kept. */
  #onFailed(message: string): void {
    const batch = this.#batch;
    this.#doubtful = batch.flatMap((item) => item.submission.writes);
    for (const item of batch) this.#settle(item, notRecorded());
    this.#finishBatch();
    this.#tell({ kind: "batch-failed", operations: batch.length, message });
  }

  #onLost(message: string): void {
    if (this.#batch.length > 0) this.#doubtful = this.#batch.flatMap((item) => item.submission.writes);
    this.#batch = [];
    const all = this.#queue.drain();
    for (const item of all) this.#settle(item, notRecorded());
    this.#tell({ kind: "writer-lost", message, operations: all.length });
  }

  #onOpened(recovery: Recovery): void {
    const isRestart = this.#recovery !== undefined;
    const { head, checkpoint } = recovery;
    this.#recovery = recovery;
    this.#head = head;
    this.#isBusy = false;
    this.#window.forgetBefore(head.size);
    const isIncomplete = this.#backEnd.isShared;
    if (isRestart) this.#options.onCommitted?.({ writes: this.#doubtful, position: head.size, isIncomplete });
    this.#doubtful = [];
    this.#position = head.size;
    if (checkpoint !== undefined) this.#onCheckpoint(checkpoint);
    this.#checkpointLater();
    this.#tell({ kind: "recovered", recovery });
  }

  #finishBatch(): void {
    this.#queue.settle();
    this.#batch = [];
    this.#isBusy = false;
    this.#schedule();
  }

  #settle(item: Queued, outcome: CommitResult | Refusal): void {
    this.#rows.remove(item.submission);
    if (outcome instanceof Refusal || outcome.status !== "committed") this.#uncommitted.add(item.submission);
    if (outcome instanceof Refusal) item.reject(outcome);
    else item.resolve(outcome);
  }

  #tell(event: CommitterEvent): void {
    this.#options.onEvent?.(event);
  }
}
