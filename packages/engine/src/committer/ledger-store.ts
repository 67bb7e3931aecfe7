import type { DatabaseSync } from "node:sqlite";
import type { SignedHead } from "@holdfast/kernel/head";
import { concat, EMPTY_BYTES } from "@holdfast/kernel/bytes";
import { leafHash, TILE_WIDTH, type TileReader } from "@holdfast/kernel/merkle";
import { sha256 } from "../crypto.ts";

/** The stored head; undefined in a database that was never initialised. */
export function readHead(database: DatabaseSync): SignedHead | undefined {
  const row = database.prepare("SELECT origin, size, chain, root, epoch, signature FROM head WHERE id = 0").get();
  return row === undefined ? undefined : ({ ...row } as unknown as SignedHead);
}

export interface StoredEntry {
  readonly seq: number;
  readonly bytes: Uint8Array;
}

/** Entries [start, end) in order. */
export function readEntries(database: DatabaseSync, start: number, end: number): StoredEntry[] {
  const sql = "SELECT seq, bytes FROM entries WHERE seq >= ? AND seq < ? ORDER BY seq";
  return database.prepare(sql).all(start, end) as unknown as StoredEntry[];
}

/**
 * Reads tiles as they are stored. The open tile of level 0 is not: its hashes are those of its entries.
 */
export function tileReader(database: DatabaseSync): TileReader {
  const statement = database.prepare("SELECT hashes FROM tiles WHERE level = ? AND idx = ?");
  return (level, index) => {
    const hashes = statement.get(level, index)?.["hashes"] as Uint8Array | undefined;
    return hashes ?? (level === 0 ? leavesOf(database, index * TILE_WIDTH) : EMPTY_BYTES);
  };
}

function leavesOf(database: DatabaseSync, start: number): Uint8Array {
  return concat(...readEntries(database, start, start + TILE_WIDTH).map(({ bytes }) => leafHash(sha256, bytes)));
}

export interface StoredCheckpoint {
  readonly size: number;
  readonly note: string;
}

/** The newest checkpoint that was persisted. */
export function readCheckpoint(database: DatabaseSync): StoredCheckpoint | undefined {
  const row = database.prepare("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1").get();
  return row === undefined ? undefined : { size: row["size"] as number, note: row["note"] as string };
}
