import type { Cell, Table } from "@holdfast/engine";
import { layoutOf, type RawRow } from "@holdfast/engine/back-end";
import { binaryArray } from "./binary-array.ts";
import { Statements } from "./placeholders.ts";
import type { PoolReads } from "./pool-reads.ts";
import { quoted, SQL_TYPES } from "./sql.ts";

const MAX_KEYS = 256;

interface LookUp extends PromiseWithResolvers<RawRow | undefined> {
  readonly key: readonly Cell[];
}

/** Rows by key: those of one table that are asked for in one turn of the event loop are one question. */
export class RowLookups {
  readonly #reads: PoolReads;
  readonly #statements = new Statements();
  readonly #waiting = new Map<Table, LookUp[]>();

  constructor(reads: PoolReads) {
    this.#reads = reads;
  }

  find(table: Table, key: readonly Cell[]): Promise<RawRow | undefined> {
    const lookUp = { ...Promise.withResolvers<RawRow | undefined>(), key };
    const waiting = this.#waiting.get(table);
    if (waiting !== undefined && waiting.length < MAX_KEYS) waiting.push(lookUp);
    else {
      const asked = [lookUp];
      this.#waiting.set(table, asked);
      setImmediate(() => void this.#ask(table, asked));
    }
    return lookUp.promise;
  }

  async #ask(table: Table, asked: readonly LookUp[]): Promise<void> {
    if (this.#waiting.get(table) === asked) this.#waiting.delete(table);
    try {
      const rows = new Map((await this.#rowsOf(table, asked)).map((row) => [Number(row["$at"]), row]));
      for (const [index, { resolve }] of asked.entries()) resolve(rows.get(index + 1));
    } catch (cause) {
      for (const { reject } of asked) reject(cause);
    }
  }

  #rowsOf(table: Table, asked: readonly LookUp[]): Promise<readonly RawRow[]> {
    const { key } = layoutOf(table);
    const names = key.map(({ name }) => quoted(name));
    const arrays = key.map(({ type }, index) => `$${index + 1}::${SQL_TYPES[type]}[]`);
    const same = names.map((name) => `t.${name} = u.${name}`).join(" AND ");
    const text = `SELECT u."$at", t.* FROM unnest(${arrays.join(", ")}) WITH ORDINALITY AS u(${names.join(", ")}, "$at") JOIN ${quoted(table.name)} t ON ${same}`;
    const values = key.map(({ type }, index) =>
      binaryArray(
        type,
        asked.map((lookUp) => lookUp.key[index] as Cell),
      ),
    );
    return this.#reads.rows<RawRow>({ ...this.#statements.get(text), values });
  }
}
