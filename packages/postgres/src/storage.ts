import type { Cell, Row, Storage, StoredRow, Table } from "@holdfast/engine";
import { layoutOf, type RawRow, verifyRow } from "@holdfast/engine/back-end";
import { Statements } from "./placeholders.ts";
import type { PoolReads } from "./pool-reads.ts";
import { RowLookups } from "./row-lookups.ts";

/** Committed rows from a pool of connections; each is checked against its MAC before anyone sees it. */
export class PostgresStorage implements Storage {
  readonly #reads: PoolReads;
  readonly #stateKey: Uint8Array;
  readonly #statements = new Statements();
  readonly #lookUps: RowLookups;

  constructor(reads: PoolReads, stateKey: Uint8Array) {
    this.#reads = reads;
    this.#stateKey = stateKey;
    this.#lookUps = new RowLookups(reads);
  }

  async row(table: Table, key: Row): Promise<StoredRow | undefined> {
    const cells = layoutOf(table).key.map(({ name }) => key[name] as Cell);
    if (holdsNul(cells)) return undefined;
    const raw = await this.#lookUps.find(table, cells);
    return raw === undefined ? undefined : verifyRow(this.#stateKey, table, raw);
  }

  /** `sql` selects every column of `table`: `SELECT * FROM …`. */
  async rows(table: Table, sql: string, parameters: readonly Cell[]): Promise<readonly StoredRow[]> {
    if (holdsNul(parameters)) return [];
    const raws = await this.#reads.rows<RawRow>({ ...this.#statements.get(sql), values: [...parameters] });
    return raws.map((raw) => verifyRow(this.#stateKey, table, raw));
  }
}

/** PostgreSQL's text knows no NUL: it could not have been stored, and would fail the statement instead of matching. */
const holdsNul = (cells: readonly Cell[]): boolean =>
  cells.some((cell) => typeof cell === "string" && cell.includes("\0"));
