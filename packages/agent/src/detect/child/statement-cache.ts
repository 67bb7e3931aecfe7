import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ChildError } from "./failure.ts";
import type { Seen } from "./authorize.ts";

/** Characters of SQL whose statements are kept prepared: each costs SQLite about 30 bytes. */
const MAX_KEPT = 131_072;
/** Statements that were let go are freed by the collector alone, which does not see what SQLite holds for them. */
const MAX_LOOSE = 65_536;

export interface Prepared {
  readonly statement: StatementSync;
  readonly columns: readonly string[];
  /** Tables that it reads. */
  readonly tables: ReadonlySet<string>;
}

interface Watch {
  begin(): void;
  seen(): Seen;
}

/** Rules run the same statements again and again: those used last stay prepared. */
export class StatementCache {
  readonly #database: DatabaseSync;
  readonly #watch: Watch | undefined;
  readonly #kept = new Map<string, Prepared>();
  #keptLength = 0;
  #looseLength = 0;

  /** Without a watch nothing is authorized: only the lines behind it hold. */
  constructor(database: DatabaseSync, watch: Watch | undefined) {
    this.#database = database;
    this.#watch = watch;
  }

  get(sql: string): Prepared {
    const known = this.#kept.get(sql);
    if (known !== undefined) {
      this.#kept.delete(sql);
      this.#kept.set(sql, known);
      return known;
    }
    const prepared = this.#prepare(sql);
    this.#keep(sql, prepared);
    return prepared;
  }

  #prepare(sql: string): Prepared {
    this.#looseLength += sql.length;
    if (this.#looseLength > MAX_LOOSE) this.#collect();
    this.#watch?.begin();
    const statement = this.#tryPrepare(sql);
    const columns = statement.columns().map(({ name }) => name);
    if (this.#watch !== undefined && columns.length === 0)
      throw new ChildError("refused", "The statement is no query.");
    statement.setReturnArrays(true);
    // Numbers beyond 2^53 would throw.
    statement.setReadBigInts(true);
    return { statement, columns, tables: this.#watch?.seen().tables ?? new Set() };
  }

  /** SQLite words a denial in many ways; what was denied is known here. */
  #tryPrepare(sql: string): StatementSync {
    try {
      return this.#database.prepare(sql);
    } catch (error) {
      const denied = this.#watch?.seen().denied;
      if (denied !== undefined) throw new ChildError("refused", `Not allowed: ${denied}.`);
      throw error;
    }
  }

  #keep(sql: string, prepared: Prepared): void {
    this.#kept.set(sql, prepared);
    this.#keptLength += sql.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptLength <= MAX_KEPT) return;
      this.#kept.delete(oldest);
      this.#keptLength -= oldest.length;
    }
  }

  #collect(): void {
    globalThis.gc?.();
    this.#looseLength = 0;
  }
}
