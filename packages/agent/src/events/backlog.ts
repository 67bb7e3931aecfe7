import { ChangeQueue, type QueueBounds } from "./change-queue.ts";
import type { RowChange } from "./row.ts";
import type { SpillFile } from "./spill-file.ts";

/** Name under which the store remembers how far the spill file was read. */
export const SPILL_POSITION = "spill_position";

/** The oldest changes that wait; they stay until `take` says that they are written. */
export interface Batch {
  readonly changes: readonly RowChange[];
  /** What the store has to remember with them. */
  readonly remembered: Readonly<Record<string, string>>;
  readonly take: () => void;
}

/** Everything that waits to be written, in its order: first what is in memory, then what was spilled since. */
export class Backlog {
  readonly #queue = new ChangeQueue();
  readonly #spill: SpillFile | undefined;
  readonly #onTorn: (lost: number) => void;

  constructor(spill: SpillFile | undefined, onTorn: (lost: number) => void) {
    this.#spill = spill;
    this.#onTorn = onTorn;
  }

  get rows(): number {
    return this.#queue.rows;
  }

  get bytes(): number {
    return this.#queue.bytes;
  }

  get spilledBytes(): number {
    return this.#spill?.bytes ?? 0;
  }

  get isEmpty(): boolean {
    return this.#queue.isEmpty && this.#isNothingSpilled;
  }

  isOver(bounds: QueueBounds): boolean {
    return this.#queue.isOver(bounds);
  }

  /** While something is spilled there is no room in memory: what comes now would overtake it. */
  hasRoom(change: RowChange, bounds: QueueBounds): boolean {
    return this.#isNothingSpilled && this.#queue.hasRoom(change, bounds);
  }

  push(change: RowChange): void {
    this.#queue.push(change);
  }

  /** False when there is no spill file, or no room in it. */
  spill(change: RowChange): boolean {
    return this.#spill?.append(change) ?? false;
  }

  /** Moves what is in memory to the file, where that keeps the order. */
  spillAll(): void {
    if (!this.#isNothingSpilled) return;
    for (const change of this.#queue.peek(Number.POSITIVE_INFINITY)) {
      if (!this.spill(change)) return;
      this.#queue.drop(1);
    }
  }

  dropOldest(): RowChange | undefined {
    return this.#queue.drop(1)[0];
  }

  dropAll(): RowChange[] {
    return this.#queue.drop(Number.MAX_SAFE_INTEGER);
  }

  next(maxRows: number): Batch {
    if (!this.#queue.isEmpty || this.#spill === undefined) return this.#fromMemory(maxRows);
    return this.#fromSpill(this.#spill, maxRows);
  }

  close(): void {
    this.#spill?.close();
  }

  get #isNothingSpilled(): boolean {
    return this.#spill?.isEmpty ?? true;
  }

  #fromMemory(maxRows: number): Batch {
    const changes = this.#queue.peek(maxRows);
    return { changes, remembered: {}, take: () => void this.#queue.drop(changes.length) };
  }

  #fromSpill(spill: SpillFile, maxRows: number): Batch {
    const batch = spill.peek(maxRows);
    if (batch.changes.length === 0 && batch.isTorn) this.#onTorn(spill.discardRest());
    if (batch.changes.length === 0) return { changes: [], remembered: {}, take: () => {} };
    const remembered = { [SPILL_POSITION]: spill.positionAfter(batch.end) };
    return { changes: batch.changes, remembered, take: () => spill.take(batch) };
  }
}
