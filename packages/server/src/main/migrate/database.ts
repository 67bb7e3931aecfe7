import { inTransaction, isRetryable } from "@holdfast/postgres";
import type { CopiedRow } from "./copy.ts";

/** What a copy needs of a connection to PostgreSQL. */
export interface Database {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly CopiedRow[] }>;
  end(): Promise<void>;
}

const MAX_TRIES = 5;

/** All of `work`, or nothing of it; again when the database rolled it back for others' sake. */
export async function retried<T>(database: Database, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await inTransaction(database, work);
    } catch (error) {
      if (tries === MAX_TRIES || !isRetryable(error)) throw error;
    }
  }
}
