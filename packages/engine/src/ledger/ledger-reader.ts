import type { EntryFields } from "@holdfast/kernel/entry";
import type { SignedHead } from "@holdfast/kernel/head";

export interface StoredEntry {
  readonly seq: number;
  readonly bytes: Uint8Array;
}

/** An entry with its sealed payload; null when that was erased. */
export interface StoredRecord extends StoredEntry {
  readonly payload: Uint8Array | null;
}

export interface StoredCheckpoint {
  readonly size: number;
  readonly note: string;
}

/** Which tile: as far as it is filled. */
export interface TileName {
  readonly level: number;
  readonly index: number;
}

/** What queries filter by: a resource as it stands in entries, without its version, or its kind alone. */
export interface Filtered {
  readonly tenant: string;
  readonly actor: string;
  readonly action: string;
  readonly resource: string;
  readonly outcome: string;
}

export interface LedgerQuery {
  readonly where: Partial<Filtered>;
  readonly limit: number;
  /** Only entries below this one. */
  readonly before?: number | undefined;
  /** Milliseconds since the epoch; entries not before, and before. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

export interface FoundEntry {
  readonly entry: EntryFields;
  /** The exact bytes. */
  readonly bytes: Uint8Array;
}

export interface LedgerPage {
  readonly items: readonly FoundEntry[];
  /** Ask again with this as `before`; absent when there is nothing more. A page may be short, or empty, before the end. */
  readonly next?: number;
}

/** Reads the ledger's own tables of any back end; what it gives has not been verified. */
export interface LedgerReader {
  /** Undefined in a database that was never initialised. */
  head(): Promise<SignedHead | undefined>;
  /** Number of entries, by the newest that is stored; the head may say otherwise. */
  size(): Promise<number>;
  entry(seq: number): Promise<Uint8Array | undefined>;
  /** Entries [start, end) in order. */
  entries(start: number, end: number): Promise<readonly StoredEntry[]>;
  /** Entries [start, end) in order, with their payloads. */
  records(start: number, end: number): Promise<readonly StoredRecord[]>;
  /** Entries wherever they stand, in the order asked for; undefined for one that is not there. */
  recordsAt(seqs: readonly number[]): Promise<readonly (StoredRecord | undefined)[]>;
  /** Persisted checkpoints, newest first. */
  checkpoints(limit: number): Promise<readonly StoredCheckpoint[]>;
  /** Hashes of tiles, in the order asked for; empty for one that is not there. The open tile of level 0 is that of its entries. */
  tiles(names: readonly TileName[]): Promise<readonly Uint8Array[]>;
  /** Entries that match, newest first, in bounded steps. */
  find(query: LedgerQuery): Promise<LedgerPage>;
}
