import { equal, fromHex, toHex } from "@holdfast/kernel/bytes";
import { type EntryFields, parseEntry } from "@holdfast/kernel/entry";
import { rowKey } from "../committer/layout.ts";
import { openRow, type RawRow } from "../committer/row.ts";
import type { Row, Table } from "../table.ts";
import { Findings, MAX_UNEXPLAINED, type Unexplained } from "./findings.ts";
import type { StoredRecord } from "./ledger-reader.ts";
import { changesIn, keyOf, type ListedChange } from "./listed-change.ts";
import { openStoredPayload, type PayloadOpener } from "./open-payload.ts";
import type { LedgerBlock, Snapshot } from "./snapshot.ts";

export interface StateOptions {
  readonly tables: readonly Table[];
  readonly stateKey: Uint8Array;
  readonly openPayload: PayloadOpener;
  /** Actions whose entry explains why payloads before it are gone. */
  readonly erasureActions: readonly string[];
}

export interface StateVerdict {
  readonly ok: boolean;
  readonly rows: number;
  /** The first thousand. */
  readonly unexplained: readonly Unexplained[];
}

/** Rows are fetched together, but no more than fit into memory where each holds a value of a megabyte. */
const CHANGES_PER_READ = 128;

/** A change of a declared table, with what it is looked up by. */
interface Change {
  readonly seq: number;
  readonly table: Table;
  readonly listed: ListedChange;
  readonly key: Row;
  /** The same key as text. */
  readonly id: string;
}

/**
 * Compares the rows with what the entries say was written, as of one moment. In memory are the rows that an entry put
 * and no entry has deleted yet, as far as they are absent: as many as were deleted since, at most.
 */
export class StateVerifier {
  readonly #snapshot: Snapshot;
  readonly #options: StateOptions;
  readonly #tables: ReadonlyMap<string, Table>;
  readonly #explained = new Map<string, number>();
  readonly #absent = new Map<string, Unexplained>();
  readonly #findings = new Findings();
  #missingPayloads: number[] = [];
  #erasedBefore = 0;

  constructor(snapshot: Snapshot, options: StateOptions) {
    this.#snapshot = snapshot;
    this.#options = options;
    this.#tables = new Map(options.tables.map((table) => [table.name, table]));
  }

  /** Takes the blocks in order. */
  async take({ records, entries }: LedgerBlock): Promise<void> {
    const changes: Change[] = [];
    for (const [index, entry] of entries.entries()) {
      if (entry.outcome === "ok" && this.#options.erasureActions.includes(entry.action)) this.#erased(entry.seq);
      const listed = await this.#listedBy(records[index]!, entry);
      if (listed === undefined) this.#missing(entry.seq);
      else changes.push(...this.#declared(listed, entry.seq));
    }
    for (let start = 0; start < changes.length; start += CHANGES_PER_READ) {
      await this.#checkAll(changes.slice(start, start + CHANGES_PER_READ));
    }
  }

  /** Undefined when the payload is gone. */
  async #listedBy({ payload }: StoredRecord, entry: EntryFields): Promise<readonly ListedChange[] | undefined> {
    const opened = await openStoredPayload(this.#options.openPayload, payload, entry);
    if (opened.ok) return changesIn(opened.payload);
    if (opened.reason === "key_missing") return undefined;
    this.#findings.reportPayload(entry.seq, "payload_damaged");
    return [];
  }

  #erased(seq: number): void {
    this.#erasedBefore = seq;
    this.#missingPayloads = [];
  }

  #missing(seq: number): void {
    if (this.#missingPayloads.length < MAX_UNEXPLAINED) this.#missingPayloads.push(seq);
  }

  #declared(all: readonly ListedChange[], seq: number): readonly Change[] {
    return all.flatMap((listed) => {
      const table = this.#tables.get(listed[0]);
      if (table === undefined) return [];
      const key = keyOf(table, listed[1]);
      return [{ seq, table, listed, key, id: rowKey(table, key) }];
    });
  }

  async #checkAll(changes: readonly Change[]): Promise<void> {
    const rows = await this.#rowsOf(changes);
    for (const change of changes) this.#check(change, rows.get(change.id));
  }

  /** The rows that are there, each fetched once, a table at a time. */
  async #rowsOf(changes: readonly Change[]): Promise<ReadonlyMap<string, RawRow>> {
    const wanted = new Map<Table, Map<string, Row>>();
    for (const { id, key, table } of changes) {
      const keys = wanted.get(table) ?? new Map<string, Row>();
      wanted.set(table, keys.set(id, key));
    }
    const found = new Map<string, RawRow>();
    const fetched = [...wanted].map(async ([table, keys]) => {
      const rows = await this.#snapshot.rows(table, [...keys.values()]);
      for (const [index, id] of [...keys.keys()].entries()) {
        const raw = rows[index];
        if (raw !== undefined) found.set(id, raw);
      }
    });
    await Promise.all(fetched);
    return found;
  }

  #check({ id, listed, seq, table }: Change, raw: RawRow | undefined): void {
    const [, cells, verb, hash] = listed;
    const unexplained = (reason: Unexplained["reason"]) => ({ table: table.name, key: JSON.stringify(cells), reason });
    const stored = raw === undefined ? -1 : Number(raw["seq"]);
    if (verb === "delete") {
      this.#absent.delete(id);
      if (raw !== undefined && stored < seq) this.#findings.report(unexplained("deleted_row_back"));
    } else if (raw === undefined) this.#absent.set(id, unexplained("row_missing"));
    else if (stored < seq) this.#findings.report(unexplained("rolled_back"));
    else if (stored === seq) this.#compare(table, raw, hash, unexplained("hash_mismatch"));
  }

  #compare(table: Table, raw: RawRow, hash: string, mismatch: Unexplained): void {
    const row = openRow(this.#options.stateKey, table, raw);
    // A row whose MAC does not hold is reported where all rows are read.
    if (row === undefined) return;
    if (equal(row.hash, fromHex(hash))) this.#explained.set(table.name, (this.#explained.get(table.name) ?? 0) + 1);
    else this.#findings.report(mismatch);
  }

  /** After the last block: rows that are left over in the state, or missing from it. */
  async finish(): Promise<StateVerdict> {
    let rows = 0;
    for (const table of this.#options.tables) {
      rows += await this.#checkTable(table);
      const fault = await this.#snapshot.tableFault(table);
      if (fault !== undefined) this.#findings.report({ table: table.name, key: fault, reason: "index_mismatch" });
    }
    for (const absent of this.#absent.values()) this.#findings.report(absent);
    for (const seq of this.#missingPayloads) this.#findings.reportPayload(seq, "payload_missing");
    const unexplained = this.#findings.list();
    return { ok: unexplained.length === 0, rows, unexplained };
  }

  /** Every row was met on the way, or is looked at once more to find out which was not. */
  async #checkTable(table: Table): Promise<number> {
    let rows = 0;
    let held = 0;
    for await (const raws of this.#snapshot.allRows(table)) {
      rows += raws.length;
      for (const raw of raws) {
        if (openRow(this.#options.stateKey, table, raw) === undefined)
          this.#findings.reportRow(table, raw, "mac_invalid");
        else held++;
      }
    }
    if (held === (this.#explained.get(table.name) ?? 0)) return rows;
    for await (const raws of this.#snapshot.allRows(table)) await this.#explain(table, raws);
    return rows;
  }

  /** Asks for each row the entry that it says it is from. */
  async #explain(table: Table, raws: readonly RawRow[]): Promise<void> {
    const opened = raws.flatMap((raw) => {
      const row = openRow(this.#options.stateKey, table, raw);
      return row === undefined ? [] : [{ raw, ...row }];
    });
    const records = await this.#snapshot.ledger.recordsAt(opened.map(({ seq }) => seq));
    for (const [index, row] of opened.entries()) {
      if (await this.#isListed(table, row, records[index])) continue;
      this.#findings.reportRow(table, row.raw, "no_entry");
    }
  }

  async #isListed(
    table: Table,
    { hash, row, seq }: { readonly hash: Uint8Array; readonly row: Row; readonly seq: number },
    record: StoredRecord | undefined,
  ): Promise<boolean> {
    if (record === undefined) return false;
    const listed = await this.#listedBy(record, parseEntry(record.bytes));
    if (listed === undefined) return seq < this.#erasedBefore;
    const [expected, id] = [toHex(hash), rowKey(table, row)];
    return this.#declared(listed, seq).some(
      ({ id: other, listed: [, , , hashed] }) => other === id && hashed === expected,
    );
  }
}
