import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { StorageFault, type Table } from "@holdfast/engine";
import { lockInstance, openReadConnection } from "@holdfast/engine/sqlite-file";
import type { SignedHead } from "@holdfast/kernel/head";
import { cellBytes, type CopiedRow, type CopySource, MAX_SET_BYTES, MAX_SET_ROWS } from "./copy.ts";
import { insistKnown, type StoredTables, storedTables } from "./insist-known.ts";
import { StorageRefused } from "./storage-refused.ts";
import { columnList, keyList, type Relation } from "./relation.ts";
import { headOf } from "./sqlite-head.ts";

/** The database of a data folder whose server is stopped: the lock is held until it is closed, so that none starts. */
export function openSqliteSource(path: string, tables: readonly Table[]): CopySource {
  if (!existsSync(path)) throw noLedger(path);
  const unlock = locked(path);
  try {
    return new SqliteSource(path, tables, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function locked(path: string): () => void {
  try {
    return lockInstance(path);
  } catch (cause) {
    if (!(cause instanceof StorageFault) || cause.code !== "database_in_use") throw cause;
    throw new StorageRefused("source_in_use", `A server runs on ${path}.`, "Stop it first, then run this again.");
  }
}

const SYSTEM = ["entries", "head", "tiles", "checkpoints", "entry_filters"];

const noLedger = (path: string): StorageRefused =>
  new StorageRefused("source_empty", `There is no ledger in ${path}.`, "Name the data folder of a server.");

class SqliteSource implements CopySource {
  readonly head: SignedHead;
  readonly #database: DatabaseSync;
  readonly #unlock: () => void;

  constructor(path: string, tables: readonly Table[], unlock: () => void) {
    this.#unlock = unlock;
    this.#database = openReadConnection(path);
    try {
      const head = headOf(this.#database);
      if (head === undefined || head.size === 0) throw noLedger(path);
      insistKnown(tablesOf(this.#database), tables, SYSTEM);
      this.head = head;
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  count({ name }: Relation): Promise<number> {
    return Promise.resolve(Number(this.#database.prepare(`SELECT count(*) AS n FROM "${name}"`).get()?.["n"]));
  }

  read(relation: Relation, after: CopiedRow | undefined): Promise<readonly CopiedRow[]> {
    const { name, key } = relation;
    const marks = key.map(() => "?").join(", ");
    const from = after === undefined ? "" : `WHERE (${keyList(relation)}) > (${marks})`;
    const sql = `SELECT ${columnList(relation)} FROM "${name}" ${from} ORDER BY ${keyList(relation)} LIMIT ${MAX_SET_ROWS}`;
    const parameters = after === undefined ? [] : key.map((column) => after[column] ?? null);
    const rows: CopiedRow[] = [];
    let bytes = 0;
    for (const row of this.#database.prepare(sql).iterate(...parameters) as Iterable<CopiedRow>) {
      for (const cell of Object.values(row)) bytes += cellBytes(cell);
      if (bytes > MAX_SET_BYTES && rows.length > 0) break;
      rows.push(row);
    }
    return Promise.resolve(rows);
  }

  /** The lock sees to that. */
  insistUnchanged(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#database.close();
    this.#unlock();
    return Promise.resolve();
  }
}

function tablesOf(database: DatabaseSync): StoredTables {
  const sql = `SELECT m.name AS "table", c.name AS "column" FROM sqlite_master m, pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!'`;
  return storedTables(database.prepare(sql).iterate());
}
