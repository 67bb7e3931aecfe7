import type { DatabaseSync } from "node:sqlite";
import { StatementCache } from "./statement-cache.ts";
import type { StoredRow } from "../operation.ts";
import type { Storage } from "../storage.ts";
import type { Cell, Row, Table } from "../table.ts";
import { openReadConnection } from "./connection.ts";
import { layoutOf } from "../committer/layout.ts";
import { type RawRow, verifyRow } from "../committer/row.ts";

/** Committed rows from a connection that can only read; each is checked against its MAC before anyone sees it. */
export class SqliteStorage implements Storage {
  readonly database: DatabaseSync;
  readonly #stateKey: Uint8Array;
  readonly #statements: StatementCache;

  constructor(path: string, stateKey: Uint8Array) {
    this.database = openReadConnection(path);
    this.#stateKey = stateKey;
    this.#statements = new StatementCache(this.database);
  }

  row(table: Table, key: Row): StoredRow | undefined {
    const layout = layoutOf(table);
    const raw = this.#statements.get(layout.select).get(...layout.key.map(({ name }) => key[name] as Cell));
    return raw === undefined ? undefined : verifyRow(this.#stateKey, table, raw);
  }

  /** `sql` selects every column of `table`: `SELECT * FROM …`. */
  rows(table: Table, sql: string, parameters: readonly Cell[]): readonly StoredRow[] {
    const raws: readonly RawRow[] = this.#statements.get(sql).all(...parameters);
    return raws.map((raw) => verifyRow(this.#stateKey, table, raw));
  }

  close(): void {
    this.database.close();
  }
}
