import type { CommitResult, Submission } from "../submission.ts";
import type { Row } from "../table.ts";

export interface QueueLimits {
  readonly maxOperations: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly maxBatchOperations: number;
  readonly maxBatchBytes: number;
}

/** A submission that waits for its result. */
export interface Queued {
  readonly submission: Submission;
  readonly bytes: number;
  readonly queuedAt: number;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: Error) => void;
}

/** What waits or is on its way to disk: bounded by operations, bytes and the age of the oldest. */
export class SubmissionQueue {
  readonly #limits: QueueLimits;
  #waiting: Queued[] = [];
  #inFlight: readonly Queued[] = [];
  #operations = 0;
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get depth(): number {
    return this.#operations;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  ageMs(now: number): number {
    const oldest = this.#inFlight[0] ?? this.#waiting[0];
    return oldest === undefined ? 0 : now - oldest.queuedAt;
  }

  /** False when one more of `bytes` would be too much, or the oldest has waited too long. */
  admits(bytes: number, now: number): boolean {
    const { maxOperations, maxBytes, maxAgeMs } = this.#limits;
    return this.#operations < maxOperations && this.#bytes + bytes <= maxBytes && this.ageMs(now) <= maxAgeMs;
  }

  push(item: Queued): void {
    this.#waiting.push(item);
    this.#operations++;
    this.#bytes += item.bytes;
  }

  /** The next batch: at least one, at most what a batch may hold. It counts until it is settled. */
  take(): readonly Queued[] {
    let bytes = 0;
    let count = 0;
    for (const item of this.#waiting) {
      bytes += item.bytes;
      if (count > 0 && (count === this.#limits.maxBatchOperations || bytes > this.#limits.maxBatchBytes)) break;
      count++;
    }
    this.#inFlight = this.#waiting.splice(0, count);
    return this.#inFlight;
  }

  /** The batch in flight has its results. */
  settle(): void {
    for (const item of this.#inFlight) {
      this.#operations--;
      this.#bytes -= item.bytes;
    }
    this.#inFlight = [];
  }

  /** Everything, in flight or waiting; the queue is empty afterwards. */
  drain(): readonly Queued[] {
    const all = [...this.#inFlight, ...this.#waiting];
    this.#inFlight = [];
    this.#waiting = [];
    this.#operations = 0;
    this.#bytes = 0;
    return all;
  }
}

const ENTRY_BYTES = 512;

/** What a submission costs in memory, near enough for a bound. */
export function bytesOf(submission: Submission): number {
  let bytes = ENTRY_BYTES + submission.payload.sealed.byteLength;
  for (const { change } of submission.changes) bytes += rowBytes("put" in change ? change.row : change.key);
  return bytes;
}

function rowBytes(row: Row): number {
  let bytes = 64;
  for (const cell of Object.values(row)) {
    if (typeof cell === "string") bytes += cell.length * 2;
    else bytes += cell instanceof Uint8Array ? cell.byteLength : 8;
  }
  return bytes;
}
