import type { Cell } from "@holdfast/engine";

/** Object ids of element types, as pg_type fixes them. */
const OIDS = { integer: 20, text: 25, blob: 17 } as const;

export type ElementType = keyof typeof OIDS;

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const INTEGER_BYTES = 8;

/**
 * A one-dimensional array in PostgreSQL's binary form (array_recv in src/backend/utils/adt/arrayfuncs.c), for a
 * parameter that is cast to bigint[], text[] or bytea[]: dimensions, null flag, element type; length and lower bound;
 * then each element as a length (-1: null) and its bytes. Hexadecimal text would be twice as long and read twice.
 */
export function binaryArray(type: ElementType, cells: readonly Cell[]): Buffer {
  const out = Buffer.allocUnsafe(bytesOf(cells));
  let at = writeHeader(out, type, cells);
  for (const cell of cells) at = writeElement(out, at, cell);
  return out;
}

function bytesOf(cells: readonly Cell[]): number {
  let bytes = cells.length === 0 ? HEADER_BYTES - 8 : HEADER_BYTES;
  for (const cell of cells) bytes += LENGTH_BYTES + elementBytes(cell);
  return bytes;
}

function elementBytes(cell: Cell): number {
  if (cell === null) return 0;
  if (typeof cell === "number") return INTEGER_BYTES;
  return typeof cell === "string" ? Buffer.byteLength(cell) : cell.byteLength;
}

/** An array without elements has no dimension. */
function writeHeader(out: Buffer, type: ElementType, cells: readonly Cell[]): number {
  let at = out.writeInt32BE(cells.length === 0 ? 0 : 1);
  at = out.writeInt32BE(cells.includes(null) ? 1 : 0, at);
  at = out.writeInt32BE(OIDS[type], at);
  if (cells.length === 0) return at;
  at = out.writeInt32BE(cells.length, at);
  return out.writeInt32BE(1, at);
}

function writeElement(out: Buffer, at: number, cell: Cell): number {
  if (cell === null) return out.writeInt32BE(-1, at);
  const start = at + LENGTH_BYTES;
  const bytes = elementBytes(cell);
  out.writeInt32BE(bytes, at);
  if (typeof cell === "number") out.writeBigInt64BE(BigInt(cell), start);
  else if (typeof cell === "string") out.write(cell, start);
  else out.set(cell, start);
  return start + bytes;
}
