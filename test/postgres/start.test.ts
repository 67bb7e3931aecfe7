import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Postgres, startPostgres } from "./start.ts";

let server: Postgres;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

async function ask(statement: string): Promise<Record<string, unknown>> {
  const client = new pg.Client(server.superuserUrl);
  await client.connect();
  try {
    return ((await client.query(statement)).rows as Record<string, unknown>[])[0] ?? {};
  } finally {
    await client.end();
  }
}

it("keeps what it acknowledged over a restart and over a crash", async () => {
  await ask("CREATE TABLE kept AS SELECT 1 AS restarts");
  await server.restart();
  await ask("UPDATE kept SET restarts = 2");
  await server.kill();
  await expect(ask("SELECT * FROM kept")).rejects.toThrow(/ECONNREFUSED/);
  await server.restart();
  expect(await ask("SELECT * FROM kept")).toEqual({ restarts: 2 });
});
