import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { type RowChange, rowsIn } from "./row.ts";

const MAGIC = Buffer.from("HFSPILL1");
const ID_BYTES = 8;
const START = MAGIC.byteLength + ID_BYTES;
const RECORD_HEADER_BYTES = 8;
const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/** Some changes of the file, and where those after them begin. */
export interface SpilledBatch {
  readonly changes: readonly RowChange[];
  readonly end: number;
  /** True when the file ends here, or cannot be read on: the rest is lost. */
  readonly isTorn: boolean;
}

/**
 * Changes that found no room in memory, in one bounded file: records of length, CRC-32 and JSON, appended and read back
 * in order. How far it was read stands in the event store, written together with the rows: after a crash none comes
 * twice. A record that was cut off by a crash ends the file.
 */
export class SpillFile {
  readonly #fd: number;
  readonly #maxBytes: number;
  #id: string;
  #readAt: number;
  /** Below `START` when the head is still to be written. */
  #size: number;
  /** True when something else stood in the file, such as one whose head was damaged. */
  readonly wasForeign: boolean;
  /** Records appended by this program and not yet taken back. */
  #records = 0;

  /** Opens or makes the file; `position` is what `positionAfter` said when changes of it were last written. */
  constructor(path: string, maxBytes: number, position: string | undefined) {
    const { O_RDWR, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
    this.#fd = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    this.#maxBytes = maxBytes;
    const { size } = fstatSync(this.#fd);
    const header = Buffer.alloc(START);
    const isOurs = readSync(this.#fd, header, 0, START, 0) === START && header.subarray(0, MAGIC.length).equals(MAGIC);
    this.#id = header.subarray(MAGIC.length).toString("hex");
    this.#size = size;
    this.#readAt = isOurs ? startIn(position, this.#id, size) : size;
    this.wasForeign = !isOurs && size > 0;
    if (!isOurs) this.#begin();
  }

  get isEmpty(): boolean {
    return this.#readAt >= this.#size;
  }

  get bytes(): number {
    return this.#size - this.#readAt;
  }

  /** What to remember once the changes up to `end` are written. */
  positionAfter(end: number): string {
    return `${this.#id}:${end}`;
  }

  /** False when there is no room: in the file's bound, or on the disk. */
  append(change: RowChange): boolean {
    if (this.#size < START) this.#begin();
    const record = recordOf(change);
    if (this.#size < START || this.#size + record.byteLength > this.#maxBytes) return false;
    try {
      const written = writeSync(this.#fd, record, 0, record.byteLength, this.#size);
      if (written !== record.byteLength) return this.#undo();
    } catch {
      return this.#undo();
    }
    this.#size += record.byteLength;
    this.#records++;
    return true;
  }

  /** The oldest changes, as many as make up so many rows; they stay until they are taken. */
  peek(maxRows: number): SpilledBatch {
    const changes: RowChange[] = [];
    let end = this.#readAt;
    for (let rows = 0; rows < maxRows && end < this.#size; ) {
      const record = this.#readRecord(end);
      if (record === undefined) return { changes, end, isTorn: true };
      changes.push(record.change);
      rows += rowsIn(record.change);
      end = record.end;
    }
    return { changes, end, isTorn: false };
  }

  /** Takes a batch out, once it is written; a file of which all was taken begins anew. */
  take(batch: SpilledBatch): void {
    this.#readAt = batch.end;
    this.#records = Math.max(0, this.#records - batch.changes.length);
    if (this.isEmpty) this.#begin();
  }

  /** Gives up what cannot be read; returns how many changes that is, near enough when others wrote them. */
  discardRest(): number {
    const lost = Math.max(1, this.#records);
    this.#begin();
    return lost;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Another id: a position in what the file held before is none in what it will hold. */
  #begin(): void {
    const id = randomBytes(ID_BYTES);
    this.#id = id.toString("hex");
    this.#readAt = START;
    this.#records = 0;
    this.#size = this.#writeHead(Buffer.concat([MAGIC, id]));
  }

  /** A disk may fail, or have no room for sixteen bytes; without them no record would be found again. */
  #writeHead(head: Buffer): number {
    try {
      ftruncateSync(this.#fd, 0);
      return writeSync(this.#fd, head, 0, START, 0);
    } catch {
      return 0;
    }
  }

  #undo(): false {
    try {
      ftruncateSync(this.#fd, this.#size);
    } catch {
      // The next record is written over it.
    }
    return false;
  }

  /** Undefined when it cannot be read, whether its bytes are wrong or the disk does not give them. */
  #readRecord(at: number): { change: RowChange; end: number } | undefined {
    try {
      return this.#recordAt(at);
    } catch {
      return undefined;
    }
  }

  #recordAt(at: number): { change: RowChange; end: number } | undefined {
    const header = Buffer.alloc(RECORD_HEADER_BYTES);
    if (readSync(this.#fd, header, 0, RECORD_HEADER_BYTES, at) !== RECORD_HEADER_BYTES) return undefined;
    const length = header.readUInt32LE(0);
    if (length > MAX_RECORD_BYTES || at + RECORD_HEADER_BYTES + length > this.#size) return undefined;
    const bytes = Buffer.alloc(length);
    if (readSync(this.#fd, bytes, 0, length, at + RECORD_HEADER_BYTES) !== length) return undefined;
    if (crc32(bytes) !== header.readUInt32LE(4)) return undefined;
    return { change: JSON.parse(bytes.toString()) as RowChange, end: at + RECORD_HEADER_BYTES + length };
  }
}

function recordOf(change: RowChange): Buffer {
  const bytes = Buffer.from(JSON.stringify(change));
  const header = Buffer.alloc(RECORD_HEADER_BYTES);
  header.writeUInt32LE(bytes.byteLength, 0);
  header.writeUInt32LE(crc32(bytes), 4);
  return Buffer.concat([header, bytes]);
}

function startIn(position: string | undefined, id: string, size: number): number {
  const [file, offset] = (position ?? "").split(":");
  return file === id ? Math.min(Math.max(Number(offset), START), size) : START;
}
