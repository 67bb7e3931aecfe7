import type { DatabaseSync } from "node:sqlite";
import { equal, fromHex, toHex } from "@holdfast/kernel/bytes";
import { type EntryFields, parseEntry } from "@holdfast/kernel/entry";
import { layoutOf, rowKey } from "../committer/layout.ts";
import { openRow, type RawRow } from "../committer/row.ts";
import { StorageFault } from "../committer/storage-fault.ts";
import type { StoredRow } from "../operation.ts";
import type { Cell, Row, Table } from "../table.ts";
import { changesIn, keyOf, type ListedChange } from "./listed-change.ts";
import type { LedgerStore } from "../sqlite/ledger-store.ts";
import { StatementCache } from "../sqlite/statement-cache.ts";
import { indexFault } from "../sqlite/verify-indexes.ts";
import type { StoredRecord } from "./ledger-reader.ts";

/** A payload, or why there is none: its key was destroyed (erasure, retention), or it is not what was sealed. */
export type OpenedPayload =
  | { readonly ok: true; readonly payload: Uint8Array }
  | { readonly ok: false; readonly reason: "key_missing" | "damaged" };

/** Opens a sealed payload and checks it against the commitment that stands in its entry. */
export type PayloadOpener = (sealed: Uint8Array, commitment: Uint8Array) => OpenedPayload | Promise<OpenedPayload>;

export interface StateOptions {
  readonly tables: readonly Table[];
  readonly stateKey: Uint8Array;
  readonly openPayload: PayloadOpener;
  /** Actions whose entry explains why payloads before it are gone. */
  readonly erasureActions: readonly string[];
}

/** A row, or a payload (table `entries`, key its seq), that the ledger does not explain. */
export interface Unexplained {
  readonly table: string;
  readonly key: string;
  readonly reason:
    | "mac_invalid"
    | "no_entry"
    | "hash_mismatch"
    | "rolled_back"
    | "row_missing"
    | "deleted_row_back"
    | "index_mismatch"
    | "payload_missing"
    | "payload_damaged";
}

export interface StateVerdict {
  readonly ok: boolean;
  readonly rows: number;
  /** The first thousand. */
  readonly unexplained: readonly Unexplained[];
}

const MAX_UNEXPLAINED = 1_000;

/**
 * Compares the rows with what the entries say was written, inside one read transaction. In memory are the rows that an
 * entry put and no entry has deleted yet, as far as they are absent: as many as were deleted since, at most.
 */
export class StateVerifier {
  readonly #database: DatabaseSync;
  readonly #store: LedgerStore;
  readonly #options: StateOptions;
  readonly #statements: StatementCache;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #explained = new Map<string, number>();
  readonly #absent = new Map<string, Unexplained>();
  readonly #found = new Map<string, Unexplained>();
  #missingPayloads: number[] = [];
  #erasedBefore = 0;

  constructor(database: DatabaseSync, store: LedgerStore, options: StateOptions) {
    this.#database = database;
    this.#store = store;
    this.#options = options;
    this.#statements = new StatementCache(database);
    this.#tables = new Map(options.tables.map((table) => [table.name, table]));
  }

  /** Takes the entries in order. */
  async take({ seq, payload }: StoredRecord, entry: EntryFields): Promise<void> {
    if (entry.outcome === "ok" && this.#options.erasureActions.includes(entry.action)) this.#erased(seq);
    const changes = await this.#changesOf(payload, entry);
    if (changes === undefined) return this.#missing(seq);
    for (const change of changes) this.#check(change, seq);
  }

  async #changesOf(payload: Uint8Array | null, entry: EntryFields): Promise<readonly ListedChange[] | undefined> {
    if (payload === null) return undefined;
    const opened = await this.#open(payload, fromHex(entry.commitment));
    if (opened.ok) return changesIn(opened.payload);
    if (opened.reason === "key_missing") return undefined;
    this.#report({ table: "entries", key: String(entry.seq), reason: "payload_damaged" });
    return [];
  }

  /** A key whose row was changed opens nothing; the row itself is named where all rows are read. */
  async #open(payload: Uint8Array, commitment: Uint8Array): Promise<OpenedPayload> {
    try {
      return await this.#options.openPayload(payload, commitment);
    } catch (cause) {
      if (cause instanceof StorageFault && cause.code === "state_tampered") return { ok: false, reason: "key_missing" };
      throw cause;
    }
  }

  #erased(seq: number): void {
    this.#erasedBefore = seq;
    this.#missingPayloads = [];
  }

  #missing(seq: number): void {
    if (this.#missingPayloads.length < MAX_UNEXPLAINED) this.#missingPayloads.push(seq);
  }

  #check([name, cells, verb, hash]: ListedChange, seq: number): void {
    const table = this.#tables.get(name);
    if (table === undefined) return;
    const key = keyOf(table, cells);
    const id = rowKey(table, key);
    const raw = this.#rawRow(table, key);
    const unexplained = (reason: Unexplained["reason"]) => ({ table: name, key: JSON.stringify(cells), reason });
    const stored = raw === undefined ? -1 : Number(raw["seq"]);
    if (verb === "delete") {
      this.#absent.delete(id);
      if (raw !== undefined && stored < seq) this.#report(unexplained("deleted_row_back"));
    } else if (raw === undefined) this.#absent.set(id, unexplained("row_missing"));
    else if (stored < seq) this.#report(unexplained("rolled_back"));
    else if (stored === seq) this.#compare(table, raw, hash, unexplained("hash_mismatch"));
  }

  #compare(table: Table, raw: RawRow, hash: string, mismatch: Unexplained): void {
    const row = openRow(this.#options.stateKey, table, raw);
    // A row whose MAC does not hold is reported where all rows are read.
    if (row === undefined) return;
    if (equal(row.hash, fromHex(hash))) this.#explained.set(table.name, (this.#explained.get(table.name) ?? 0) + 1);
    else this.#report(mismatch);
  }

  #rawRow(table: Table, key: Row): RawRow | undefined {
    const layout = layoutOf(table);
    return this.#statements.get(layout.select).get(...layout.key.map(({ name }) => key[name] as Cell));
  }

  /** After the last entry: rows that are left over in the state, or missing from it. */
  async finish(): Promise<StateVerdict> {
    let rows = 0;
    for (const table of this.#options.tables) {
      rows += await this.#checkTable(table);
      this.#checkIndexes(table);
    }
    for (const absent of this.#absent.values()) this.#report(absent);
    for (const seq of this.#missingPayloads) {
      this.#report({ table: "entries", key: String(seq), reason: "payload_missing" });
    }
    const unexplained = [...this.#found.values()];
    return { ok: unexplained.length === 0, rows, unexplained };
  }

  #checkIndexes(table: Table): void {
    const fault = indexFault(this.#database, table);
    if (fault !== undefined) this.#report({ table: table.name, key: fault, reason: "index_mismatch" });
  }

  /** Every row was met on the way, or is looked at once more to find out which was not. */
  async #checkTable(table: Table): Promise<number> {
    let rows = 0;
    let held = 0;
    for (const raw of this.#rowsOf(table)) {
      rows++;
      if (openRow(this.#options.stateKey, table, raw) === undefined) this.#reportRow(table, raw, "mac_invalid");
      else held++;
    }
    if (held === (this.#explained.get(table.name) ?? 0)) return rows;
    for (const raw of this.#rowsOf(table)) {
      const row = openRow(this.#options.stateKey, table, raw);
      if (row !== undefined && !(await this.#isListed(table, row))) this.#reportRow(table, raw, "no_entry");
    }
    return rows;
  }

  #rowsOf(table: Table): Iterable<RawRow> {
    return this.#statements.get(`SELECT * FROM "${table.name}"`).iterate();
  }

  async #isListed(table: Table, row: StoredRow & { readonly hash: Uint8Array }): Promise<boolean> {
    const record = this.#store.record(row.seq);
    if (record === undefined) return false;
    const changes = await this.#changesOf(record.payload, parseEntry(record.bytes));
    if (changes === undefined) return row.seq < this.#erasedBefore;
    const hash = toHex(row.hash);
    const id = rowKey(table, row.row);
    return changes.some(
      ([name, cells, , listed]) => name === table.name && listed === hash && rowKey(table, keyOf(table, cells)) === id,
    );
  }

  #reportRow(table: Table, raw: RawRow, reason: Unexplained["reason"]): void {
    const cells = table.key.map((name) => {
      const cell = raw[name];
      return cell instanceof Uint8Array ? toHex(cell) : cell;
    });
    this.#report({ table: table.name, key: JSON.stringify(cells), reason });
  }

  /** The first reason for a row is the one that counts. */
  #report(unexplained: Unexplained): void {
    const id = `${unexplained.table} ${unexplained.key}`;
    if (this.#found.size < MAX_UNEXPLAINED && !this.#found.has(id)) this.#found.set(id, unexplained);
  }
}
