import type { HashedChange, Row } from "@holdfast/engine";

/** A B-tree takes entries of up to a third of a page: 2,704 bytes, of which headers and lengths need some. */
const MAX_KEY_BYTES = 2_600;

/**
 * Why PostgreSQL could not store a submission's rows; undefined when it can. Found out beforehand: in the statement it
 * would fail every other submission of the batch too.
 */
export function unfitReason(changes: readonly HashedChange[]): string | undefined {
  for (const { change } of changes) {
    const table = "put" in change ? change.put : change.delete;
    const row = "put" in change ? change.row : change.key;
    if (holdsNul(row)) return `a text of ${table.name} holds U+0000`;
    const indexed = [table.key, ...(table.indexes ?? [])];
    if (indexed.some((names) => bytesOf(row, names) > MAX_KEY_BYTES)) {
      return `a key of ${table.name} is too long to be indexed`;
    }
  }
  return undefined;
}

const holdsNul = (row: Row): boolean =>
  Object.values(row).some((cell) => typeof cell === "string" && cell.includes("\0"));

function bytesOf(row: Row, names: readonly string[]): number {
  let bytes = 0;
  for (const name of names) {
    const cell = row[name] ?? null;
    if (typeof cell === "string") bytes += Buffer.byteLength(cell);
    else bytes += cell instanceof Uint8Array ? cell.byteLength : 8;
  }
  return bytes;
}
