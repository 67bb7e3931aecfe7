import { bytesIn, type RowChange, rowsIn } from "./row.ts";

export interface QueueBounds {
  readonly rows: number;
  readonly bytes: number;
}

interface Entry {
  readonly change: RowChange;
  readonly rows: number;
  readonly bytes: number;
}

/** Changes that wait to be written, oldest first, bounded by rows and by what they cost in memory. */
export class ChangeQueue {
  #entries: Entry[] = [];
  #first = 0;
  #rows = 0;
  #bytes = 0;

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#first === this.#entries.length;
  }

  /** Whether one more change stays inside the bounds; one that is larger than they are has room when nothing waits. */
  hasRoom(change: RowChange, bounds: QueueBounds): boolean {
    if (this.isEmpty) return true;
    return this.#rows + rowsIn(change) <= bounds.rows && this.#bytes + bytesIn(change) <= bounds.bytes;
  }

  isOver(bounds: QueueBounds): boolean {
    return this.#rows > bounds.rows || this.#bytes > bounds.bytes;
  }

  push(change: RowChange): void {
    const entry = { change, rows: rowsIn(change), bytes: bytesIn(change) };
    this.#entries.push(entry);
    this.#rows += entry.rows;
    this.#bytes += entry.bytes;
  }

  /** The oldest changes, as many as make up so many rows; at least one. They stay until they are dropped. */
  peek(maxRows: number): RowChange[] {
    const batch: RowChange[] = [];
    let rows = 0;
    for (let index = this.#first; index < this.#entries.length; index++) {
      const entry = this.#entries[index] as Entry;
      rows += entry.rows;
      if (batch.length > 0 && rows > maxRows) break;
      batch.push(entry.change);
    }
    return batch;
  }

  /** Takes the oldest changes out. */
  drop(count: number): RowChange[] {
    const dropped = this.#entries.slice(this.#first, this.#first + count);
    for (const { rows, bytes } of dropped) {
      this.#rows -= rows;
      this.#bytes -= bytes;
    }
    this.#first += dropped.length;
    this.#compact();
    return dropped.map(({ change }) => change);
  }

  /** Taking from the front of a long list moves all of it: it is cut when half of it is empty. */
  #compact(): void {
    if (this.#first * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }
}
