import { equalConstantTime, hmacSha512_256, sha256 } from "../crypto.ts";
import type { StoredRow } from "../operation.ts";
import type { Cell, Change, Row, Table } from "../table.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { StorageFault } from "./storage-fault.ts";

const HASH_LABEL = Buffer.from("holdfast/row-hash/1\0");
const MAC_LABEL = Buffer.from("holdfast/row/1\0");
const NULL = 0;
const INTEGER = 1;
const TEXT = 2;
const BLOB = 3;
const HASH_BYTES = 32;

/** The hash of a deleted row. */
export const NO_ROW: Uint8Array = new Uint8Array(HASH_BYTES);

/** A row as SQLite gives it: declared columns, then `rev`, `seq` and `mac`. */
export type RawRow = Readonly<Record<string, unknown>>;

let scratch = Buffer.alloc(65_536);

/**
 * The row hash of docs/formats/row.md. Null cells at the end are left out, so that a nullable column added later changes
 * no hash. Written by hand into one buffer: every write passes here.
 */
export function hashRow(table: Table, row: Row, rev: number): Uint8Array {
  const { columns } = layoutOf(table);
  let count = columns.length;
  while (count > 0 && (row[columns[count - 1]!.name] ?? null) === null) count--;
  let at = HASH_LABEL.copy(scratch);
  at = scratch.writeUInt16BE(scratch.write(table.name, at + 2, "latin1"), at) + table.name.length;
  at = scratch.writeBigUInt64BE(BigInt(rev), at);
  at = scratch.writeUInt16BE(count, at);
  for (let index = 0; index < count; index++) at = writeCell(row[columns[index]!.name] ?? null, at);
  return sha256(scratch.subarray(0, at));
}

function writeCell(cell: Cell, at: number): number {
  if (cell === null) {
    reserve(at, 1);
    return scratch.writeUInt8(NULL, at);
  }
  if (typeof cell === "number") return writeInteger(cell, at);
  const isText = typeof cell === "string";
  const most = isText ? cell.length * 3 : cell.byteLength;
  const start = at + 5;
  reserve(at, most + 5);
  scratch.writeUInt8(isText ? TEXT : BLOB, at);
  if (!isText) scratch.set(cell, start);
  const written = isText ? scratch.write(cell, start) : most;
  scratch.writeUInt32BE(written, at + 1);
  return start + written;
}

function writeInteger(cell: number, at: number): number {
  if (!Number.isSafeInteger(cell)) throw new StorageFault("table_invalid", "an integer cell must be a safe integer");
  reserve(at, 9);
  scratch.writeUInt8(INTEGER, at);
  return scratch.writeBigInt64BE(BigInt(cell), at + 1);
}

/** Grows the scratch space, which is another buffer then; what was written stays. */
function reserve(at: number, bytes: number): void {
  if (at + bytes <= scratch.byteLength) return;
  const grown = Buffer.alloc(Math.max(scratch.byteLength * 2, at + bytes));
  scratch.copy(grown, 0, 0, at);
  scratch = grown;
}

/** What a payload lists for a change: the hash of the row as it will stand, or 32 zero bytes for a delete. */
export function hashChange(change: Change): Uint8Array {
  return "delete" in change ? NO_ROW : hashRow(change.put, change.row, change.expect + 1);
}

/** Binds a row to its entry: HMAC-SHA-512-256(state key, label ‖ table ‖ row hash ‖ seq u64). */
export function macOf(stateKey: Uint8Array, table: Table, hash: Uint8Array, seq: number): Uint8Array {
  const message = Buffer.allocUnsafe(MAC_LABEL.byteLength + table.name.length + HASH_BYTES + 8);
  let at = MAC_LABEL.copy(message);
  at += message.write(table.name, at, "latin1");
  message.set(hash, at);
  message.writeBigUInt64BE(BigInt(seq), at + HASH_BYTES);
  return hmacSha512_256(stateKey, message);
}

/** The row that a raw row claims to be, with its hash, when its MAC holds; undefined when it does not. */
export function openRow(
  stateKey: Uint8Array,
  table: Table,
  raw: RawRow,
): (StoredRow & { readonly hash: Uint8Array }) | undefined {
  const row = declaredCells(layoutOf(table), raw);
  const { rev, seq, mac } = raw;
  if (typeof rev !== "number" || typeof seq !== "number" || !(mac instanceof Uint8Array)) return undefined;
  if (!Number.isSafeInteger(rev) || !Number.isSafeInteger(seq) || rev < 1 || seq < 0) return undefined;
  const hash = hashRow(table, row, rev);
  return equalConstantTime(mac, macOf(stateKey, table, hash, seq)) ? { row, rev, seq, hash } : undefined;
}

/** The row when its MAC holds; throws `state_tampered` when someone without the state key wrote or moved it. */
export function verifyRow(stateKey: Uint8Array, table: Table, raw: RawRow): StoredRow {
  const opened = openRow(stateKey, table, raw);
  if (opened === undefined) {
    throw new StorageFault("state_tampered", `a row of ${table.name} was not written by this server`);
  }
  return opened;
}

function declaredCells(layout: Layout, raw: RawRow): Row {
  const row: Record<string, Cell> = {};
  for (const { name } of layout.columns) row[name] = (raw[name] ?? null) as Cell;
  return row;
}
