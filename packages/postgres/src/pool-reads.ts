import { Refusal } from "@holdfast/engine";
import type { Client, Pool, QueryConfig, QueryResult, QueryResultRow } from "pg";
import { cellTypes } from "./cell-types.ts";
import { sqlStateOf } from "./database-error.ts";

/** A connection, whose errors are its owner's to judge, or the pool, whose errors the callers of operations meet. */
export type Source = Client | PoolReads;

/** The rows that a statement gives over either. */
export async function rowsOf<R extends QueryResultRow>(source: Source, query: QueryConfig): Promise<readonly R[]> {
  if (source instanceof PoolReads) return source.rows<R>(query);
  return (await source.query<R>({ ...query, types: cellTypes })).rows;
}

/**
 * A table got a column since a connection prepared its statement (feature_not_supported: a cached plan must not change
 * its result), or a pooler handed on a connection that has not prepared it, or has (invalid_, duplicate_ …statement).
 */
const STALE_STATEMENT = new Set(["0A000", "26000", "42P05"]);

/** Reads over the pool. However the database fails, it is refused as something that may work in a moment. */
export class PoolReads {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async rows<R extends QueryResultRow>(query: QueryConfig): Promise<readonly R[]> {
    try {
      return (await this.#run<R>({ ...query, types: cellTypes })).rows;
    } catch (cause) {
      const state = sqlStateOf(cause) ?? "none: no connection, or no answer in time";
      throw new Refusal("storage_failed", "The server cannot read its data at the moment.", {
        retryAfterSeconds: 1,
        // Whatever an operation reads, it reads before it is recorded.
        hint: "Nothing was done. Try again; /readyz tells when.",
        cause,
        operatorDetail: `SQLSTATE ${state}`,
      });
    }
  }

  /** The pool drops every connection on which a query failed, and its statements with it. */
  async #run<R extends QueryResultRow>(query: QueryConfig): Promise<QueryResult<R>> {
    try {
      return await this.#pool.query<R>(query);
    } catch (cause) {
      if (query.name === undefined || !STALE_STATEMENT.has(sqlStateOf(cause) ?? "")) throw cause;
      const { name: _, ...unnamed } = query;
      return this.#pool.query<R>(unnamed);
    }
  }
}
