import type { EntryDraft, HashedChange, Outcome } from "../submission.ts";
import type { Cell, Change, Row, Table } from "../table.ts";
import { type Column, layoutOf } from "./layout.ts";
import type { Planned } from "./plan-batch.ts";
import { StorageFault } from "./storage-fault.ts";

/**
 * A batch on its way to the writer thread: one flat list and one buffer. Cloning the objects as they are costs four
 * times as much, nearly all of it for the many small byte arrays (docs/decisions/0002-committer.md).
 */
export interface PackedBatch {
  readonly count: number;
  readonly fields: readonly Field[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Field = string | number | null;

const HASH_BYTES = 32;
const PUT = 0;
const DELETE = 1;

/** What the writer needs of a submission. */
export interface WriterSubmission {
  readonly entry: EntryDraft;
  readonly commitment: Uint8Array;
  readonly sealed: Uint8Array;
  readonly changes: readonly HashedChange[];
  readonly unless: readonly number[];
  readonly after: readonly number[];
  /** For a writer that judges footprints itself; empty for others. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly seen: number;
}

class Packer {
  readonly fields: Field[] = [];
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  blob(bytes: Uint8Array): void {
    this.fields.push(bytes.byteLength);
    this.fixed(bytes);
  }

  fixed(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#length += bytes.byteLength;
  }

  cell(value: Cell): void {
    if (value instanceof Uint8Array) this.blob(value);
    else this.fields.push(value);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, at);
      at += chunk.byteLength;
    }
    return out;
  }
}

/** Tables by position: both sides hold the same declarations in the same order. */
export class BatchCodec {
  readonly #tables: readonly Table[];
  readonly #indexes: ReadonlyMap<string, number>;
  readonly #hasFootprints: boolean;

  constructor(
    tables: readonly Table[],
    { hasFootprints }: { readonly hasFootprints: boolean } = { hasFootprints: false },
  ) {
    this.#tables = tables;
    this.#hasFootprints = hasFootprints;
    this.#indexes = new Map(tables.map((table, index) => [table.name, index]));
  }

  /** Throws `table_invalid` for a table that was not declared when the committer was created. */
  indexOf(table: Table): number {
    const index = this.#indexes.get(table.name);
    if (index === undefined) throw new StorageFault("table_invalid", `table ${table.name} is not declared`);
    return index;
  }

  pack(batch: readonly Planned[]): PackedBatch {
    const packer = new Packer();
    for (const planned of batch) this.#packOne(packer, planned);
    return { count: batch.length, fields: packer.fields, bytes: packer.bytes() };
  }

  #packOne(packer: Packer, { submission, unless, after }: Planned): void {
    const { entry, payload, changes } = submission;
    packer.fields.push(entry.tenant, entry.actor, entry.action, entry.resource, entry.outcome, entry.reason);
    packer.fixed(payload.commitment);
    packer.blob(payload.sealed);
    packer.fields.push(unless.length, ...unless, after.length, ...after);
    if (this.#hasFootprints) {
      const { reads, writes, seen } = submission;
      packer.fields.push(reads.length, ...reads, writes.length, ...writes, seen);
    }
    packer.fields.push(changes.length);
    for (const { change, hash } of changes) {
      packer.fixed(hash);
      this.#packChange(packer, change);
    }
  }

  #packChange(packer: Packer, change: Change): void {
    const table = "put" in change ? change.put : change.delete;
    const { columns, key } = layoutOf(table);
    packer.fields.push("put" in change ? PUT : DELETE, this.indexOf(table), change.expect);
    const [cells, row] = "put" in change ? [columns, change.row] : [key, change.key];
    for (const { name } of cells) packer.cell(row[name] ?? null);
  }

  unpack(packed: PackedBatch): WriterSubmission[] {
    const reader = new Unpacker(packed);
    return Array.from({ length: packed.count }, () => this.#unpackOne(reader));
  }

  #unpackOne(reader: Unpacker): WriterSubmission {
    const entry = {
      tenant: reader.text(),
      actor: reader.text(),
      action: reader.text(),
      resource: reader.text(),
      outcome: reader.text() as Outcome,
      reason: reader.text(),
    };
    const commitment = reader.fixed(HASH_BYTES);
    const sealed = reader.fixed(reader.number());
    const unless = reader.numbers();
    const after = reader.numbers();
    const footprints = this.#hasFootprints ? unpackFootprints(reader) : NO_FOOTPRINTS;
    const changes = Array.from({ length: reader.number() }, () => this.#unpackChange(reader));
    return { entry, commitment, sealed, unless, after, changes, ...footprints };
  }

  #unpackChange(reader: Unpacker): HashedChange {
    const hash = reader.fixed(HASH_BYTES);
    const kind = reader.number();
    const table = this.#tables[reader.number()] as Table;
    const expect = reader.number();
    const { columns, key } = layoutOf(table);
    const change: Change =
      kind === PUT ? { put: table, row: reader.row(columns), expect } : { delete: table, key: reader.row(key), expect };
    return { change, hash };
  }
}

type Footprints = Pick<WriterSubmission, "reads" | "writes" | "seen">;

const NO_FOOTPRINTS: Footprints = { reads: [], writes: [], seen: 0 };

function unpackFootprints(reader: Unpacker): Footprints {
  const reads = reader.texts();
  const writes = reader.texts();
  return { reads, writes, seen: reader.number() };
}

class Unpacker {
  readonly #fields: readonly Field[];
  readonly #bytes: Buffer;
  #field = 0;
  #at = 0;

  constructor(packed: PackedBatch) {
    this.#fields = packed.fields;
    this.#bytes = Buffer.from(packed.bytes.buffer, packed.bytes.byteOffset, packed.bytes.byteLength);
  }

  text(): string {
    return this.#fields[this.#field++] as string;
  }

  numbers(): readonly number[] {
    return Array.from({ length: this.number() }, () => this.number());
  }

  texts(): readonly string[] {
    return Array.from({ length: this.number() }, () => this.text());
  }

  number(): number {
    return this.#fields[this.#field++] as number;
  }

  fixed(length: number): Uint8Array {
    const start = this.#at;
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  row(columns: readonly Column[]): Row {
    const row: Record<string, Cell> = {};
    for (const { name, type } of columns) {
      const field = this.#fields[this.#field++] as Field;
      row[name] = type === "blob" && typeof field === "number" ? this.fixed(field) : field;
    }
    return row;
  }
}
