import type pg from "pg";

/** The query of a client or of a pool. */
export type Query = Pick<pg.ClientBase | pg.Pool, "query">;

/** A connection, as far as a transaction needs it. */
interface Connection {
  query(text: string): Promise<unknown>;
}

/** All of `work`, or nothing of it; never over a pool, whose queries go over different connections. */
export async function inTransaction<T>(client: Connection, work: () => Promise<T>): Promise<T> {
  await client.query("BEGIN");
  try {
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // Fails when the connection is gone, and then nothing stands either.
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
