import type { DatabaseSync } from "node:sqlite";
import type { RuleTable } from "@holdfast/rules";
import { isRefusedRow } from "./errors.ts";
import type { LossTally } from "./loss-tally.ts";
import { processAt, type ProcessSought } from "./process-at.ts";
import { bytesInUse, type Pruned, pruneStep } from "./prune.ts";
import { RenewableDatabase, type RenewalReason } from "./renewable-database.ts";
import { type Row, type RowChange, rowsIn } from "./row.ts";
import { migrate } from "./schema.ts";
import { recallFrom, rememberIn, transaction } from "./store-state.ts";
import { TableWriter } from "./table-writer.ts";

/** Where an event store lies, and how large it may grow. */
export interface EventStoreOptions {
  readonly path: string;
  readonly tables: readonly RuleTable[];
  /** What the whole agent may use; the store sizes its cache by it. */
  readonly memoryBudgetBytes: number;
  readonly maxBytes: number;
  readonly losses: LossTally;
  /** Unix time in milliseconds. */
  readonly now?: () => number;
  /** Called when the file had to be begun anew; `putAside` is where the old one is. */
  readonly onRenewed?: (reason: RenewalReason, putAside: string) => void;
}

/** What became of a batch. */
export interface Written {
  /** Rows that stand now, those of snapshots included. */
  readonly rows: number;
  /** Rows that their table did not take; counted as a loss. */
  readonly refused: number;
}

/** How large the store is, and what it had to let go of. */
export interface StoreReadings {
  readonly bytes: number;
  readonly walBytes: number;
  readonly bytesInUse: number;
  readonly prunedByAge: number;
  readonly prunedBySize: number;
  /** Rows that a power cut could take. */
  readonly rowsSinceCheckpoint: number;
}

/** Names in the file's own memory. */
const NEXT_SEQ = "next_seq";
const EVENTS_HELD = "events_held";

/**
 * The agent's events and the state of its host in one SQLite file, of one writer. A damaged or missing file is begun
 * anew, which is a loss and told as one; it never stops the agent.
 */
export class EventStore {
  readonly #options: EventStoreOptions;
  readonly #now: () => number;
  readonly #database: RenewableDatabase;
  #writers: ReadonlyMap<string, TableWriter> = new Map();
  readonly #heads = new Map<string, number>();
  #nextSeq = 0;
  #eventsHeld = 0;
  #prunedByAge = 0;
  #prunedBySize = 0;
  #rowsSinceCheckpoint = 0;

  /** Opens the file, brings it to this program's schema, and begins it anew where it cannot be used. */
  constructor(options: EventStoreOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#database = new RenewableDatabase({
      path: options.path,
      limits: options,
      now: this.#now,
      onOpen: (database) => this.#prepare(database),
      onPutAside: (reason, putAside) => {
        options.losses.add("store", "events", reason, Math.max(1, this.#eventsHeld));
        options.onRenewed?.(reason, putAside);
      },
    });
  }

  /** Number of the newest change; rules look at those up to it. */
  get head(): number {
    return this.#nextSeq - 1;
  }

  /** How often the file was begun anew: whoever wrote state to it writes all of it again after a change. */
  get renewals(): number {
    return this.#database.renewals;
  }

  /** Writes all of it or none, in one transaction; numbers are given in the order of the changes. */
  write(changes: readonly RowChange[], remembered: Readonly<Record<string, string>> = {}): Written {
    this.#database.checkPlace();
    const written = this.#database.run((database) => this.#writeTo(database, changes, remembered));
    this.#options.losses.add("store", "events", "row_refused", written.refused);
    this.#rowsSinceCheckpoint += written.rows;
    return written;
  }

  /** Number of the newest change of this table, or a little above: a rule on nothing new need not run. */
  headOf(table: string): number {
    return this.#heads.get(table) ?? 0;
  }

  /** Remembers values by their names, all or none. */
  remember(values: Readonly<Record<string, string>>): void {
    this.write([], values);
  }

  /** Rows of a table as they stand: what a collector knew before it was stopped. */
  read(table: string, columns: readonly string[]): Row[] {
    const names = columns.map((name) => `"${name}"`).join(", ");
    return this.#database.run((database) => database.prepare(`SELECT ${names} FROM "${table}"`).all() as Row[]);
  }

  /** The process that a row means by its pid or its number, as far as it is known here. */
  processAt(sought: ProcessSought): Row | undefined {
    return this.#database.run((database) => processAt(database, sought));
  }

  /** What was remembered under this name with an earlier write. */
  recall(name: string): string | undefined {
    return this.#database.run((database) => recallFrom(database, name));
  }

  /** One step of making room: rows older than `before` (Unix time), and the oldest where there are too many bytes. */
  prune(before: number | undefined): Pruned {
    const { maxBytes, tables, losses } = this.#options;
    const limits = { maxBytes, ...(before === undefined ? {} : { before }) };
    const pruned = this.#database.run((database) => transaction(database, () => pruneStep(database, tables, limits)));
    this.#prunedByAge += pruned.byAge;
    this.#prunedBySize += pruned.bySize;
    this.#eventsHeld = Math.max(0, this.#eventsHeld - pruned.byAge - pruned.bySize);
    losses.add("store", "events", "size_limit", pruned.bySize);
    return pruned;
  }

  /** Moves the write-ahead log into the file, and makes both durable; for a moment when nobody waits. */
  checkpoint(): void {
    this.#database.run((database) => database.exec("PRAGMA wal_checkpoint(PASSIVE)"));
    this.#rowsSinceCheckpoint = 0;
  }

  /** Gives back memory that SQLite holds for later. */
  shrink(): void {
    this.#database.run((database) => database.exec("PRAGMA shrink_memory"));
  }

  readings(): StoreReadings {
    return {
      bytes: this.#database.file.bytes,
      walBytes: this.#database.file.walBytes,
      bytesInUse: this.#database.run(bytesInUse),
      prunedByAge: this.#prunedByAge,
      prunedBySize: this.#prunedBySize,
      rowsSinceCheckpoint: this.#rowsSinceCheckpoint,
    };
  }

  /** Begins a new file, for a reader that found damage which the writer has not met. */
  renew(reason: RenewalReason): void {
    this.#database.renew(reason);
  }

  close(): void {
    this.#database.close();
  }

  #prepare(database: DatabaseSync): void {
    const { tables } = this.#options;
    transaction(database, () => migrate(database, tables));
    // A clock that counts microseconds is ahead of any number ever given here: no file that was lost, or whose last
    // seconds a power cut took, leads to a number that a rule has passed already.
    const stored = Number(recallFrom(database, NEXT_SEQ) ?? 0);
    this.#nextSeq = Math.max(stored, this.#nextSeq, Math.floor(this.#now()) * 1_000);
    this.#eventsHeld = Number(recallFrom(database, EVENTS_HELD) ?? 0);
    this.#writers = new Map(tables.map((table) => [table.name, new TableWriter(database, table)]));
    for (const { name } of tables) this.#heads.set(name, headIn(database, name));
  }

  #writeTo(
    database: DatabaseSync,
    changes: readonly RowChange[],
    remembered: Readonly<Record<string, string>>,
  ): Written {
    const held = this.#eventsHeld;
    try {
      return transaction(database, () => this.#apply(database, changes, remembered));
    } catch (error) {
      this.#eventsHeld = held;
      throw error;
    }
  }

  #apply(database: DatabaseSync, changes: readonly RowChange[], remembered: Readonly<Record<string, string>>): Written {
    const seconds = Math.floor(this.#now() / 1_000);
    let refused = 0;
    let rows = 0;
    for (const change of changes) {
      refused += this.#applyOne(change, seconds);
      rows += rowsIn(change);
    }
    const own = { [NEXT_SEQ]: String(this.#nextSeq), [EVENTS_HELD]: String(this.#eventsHeld) };
    rememberIn(database, { ...remembered, ...own });
    return { rows: rows - refused, refused };
  }

  /** Returns how many of its rows the table refused. */
  #applyOne(change: RowChange, seconds: number): number {
    const writer = this.#writers.get(change.table);
    if (writer === undefined) return rowsIn(change);
    if ("gone" in change) {
      writer.remove(change.gone);
      return 0;
    }
    const rows = "row" in change ? [change.row] : change.snapshot;
    if ("snapshot" in change) writer.removeOthers(change.snapshot);
    const refused = rows.reduce((sum, row) => sum + this.#put(writer, row, seconds), 0);
    if (refused < rows.length) this.#heads.set(change.table, this.#nextSeq - 1);
    return refused;
  }

  #put(writer: TableWriter, row: Row, seconds: number): number {
    try {
      writer.put(row, this.#nextSeq, seconds);
    } catch (error) {
      if (isRefusedRow(error)) return 1;
      throw error;
    }
    this.#nextSeq++;
    if (writer.isOfEvents) this.#eventsHeld++;
    return 0;
  }
}

function headIn(database: DatabaseSync, table: string): number {
  return Number(database.prepare(`SELECT max("seq") AS seq FROM "${table}"`).get()?.["seq"] ?? 0);
}
