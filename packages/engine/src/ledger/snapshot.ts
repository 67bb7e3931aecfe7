import type { EntryFields } from "@holdfast/kernel/entry";
import type { RawRow } from "../committer/row.ts";
import type { Row, Table } from "../table.ts";
import type { LedgerReader, StoredRecord } from "./ledger-reader.ts";

/** Entries that follow each other, with what they say: up to 256, beginning at a multiple of that; fewer at the end. */
export interface LedgerBlock {
  readonly start: number;
  readonly records: readonly StoredRecord[];
  /** Parsed, in the order of `records`. */
  readonly entries: readonly EntryFields[];
}

/**
 * A database as a verification sees it, over a connection of its own; nothing that it gives has been verified. What
 * names faults does so in one sentence for an operator, or answers undefined when there is none.
 */
export interface Snapshot {
  readonly ledger: LedgerReader;
  /** The rows with these keys, in the order asked for, fetched at once; undefined for one that is not there. */
  rows(table: Table, keys: readonly Row[]): Promise<readonly (RawRow | undefined)[]>;
  /** All rows of a table, in batches of the back end's choice; other calls may come between two of them. */
  allRows(table: Table): AsyncIterable<readonly RawRow[]>;
  /** What would hide an entry of this block from a query, or show it to the wrong one. */
  indexFault(block: LedgerBlock): Promise<string | undefined>;
  /** Where the indexes of a table and its rows disagree. */
  tableFault(table: Table): Promise<string | undefined>;
  /** Damage to the database that reading all entries need not have met. */
  damage(): Promise<string | undefined>;
  /** Whether an error of this snapshot says that the database is damaged, rather than out of reach. */
  isDamage(cause: unknown): boolean;
  close(): Promise<void>;
}

/**
 * What the module named as a verification's `source` exports; `data` is what was cloned into the thread. With `isFrozen`
 * everything is read as of one moment: rows go on changing. Entries alone only ever grow, and need no long transaction.
 */
export type OpenSnapshot = (data: unknown, isFrozen: boolean) => Promise<Snapshot>;
