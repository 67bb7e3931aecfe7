import type { DatabaseSync, StatementSync } from "node:sqlite";

const MAX_STATEMENTS = 256;

/** Prepared statements by their text, the least recently used dropped: slices have a few dozen each. */
export class StatementCache {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  get(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) {
      this.#statements.delete(sql);
      this.#statements.set(sql, known);
      return known;
    }
    const statement = this.#database.prepare(sql);
    if (this.#statements.size >= MAX_STATEMENTS) this.#dropOldest();
    this.#statements.set(sql, statement);
    return statement;
  }

  #dropOldest(): void {
    this.#statements.delete(this.#statements.keys().next().value as string);
  }
}
