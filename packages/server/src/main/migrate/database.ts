import type { CopiedRow } from "./copy.ts";

/** What a copy needs of a connection to PostgreSQL. */
export interface Database {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly CopiedRow[] }>;
  end(): Promise<void>;
}

/** Serialization failure and deadlock: rolled back because of others, and the same again may do. */
const RETRYABLE = new Set(["40001", "40P01"]);
const MAX_TRIES = 5;

/** Runs `work` in a transaction, again when the database rolled it back for others' sake. */
export async function inTransaction<T>(database: Database, mode: string, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    await database.query(`BEGIN ${mode}`);
    try {
      const result = await work();
      await database.query("COMMIT");
      return result;
    } catch (error) {
      // A connection that is gone has rolled back by itself; the first error is the one that says why.
      await database.query("ROLLBACK").catch(() => undefined);
      if (tries === MAX_TRIES || !isRetryable(error)) throw error;
    }
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && "code" in error && RETRYABLE.has(String(error.code));
}
