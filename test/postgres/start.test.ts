import pg from "pg";
import { expect, it } from "vitest";
import { NoPostgres } from "./program.ts";
import { startPostgres } from "./start.ts";

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows[0];
  } finally {
    await client.end();
  }
}

it("a server of one's own keeps what it acknowledged over a restart and over a crash", async ({
  skip,
  onTestFinished,
}) => {
  const server = await startPostgres().catch((error: unknown) => {
    if (error instanceof NoPostgres) skip(error.message);
    throw error;
  });
  onTestFinished(() => server.stop());
  const { superuserUrl } = server;
  await ask(superuserUrl, "CREATE TABLE kept AS SELECT 1 AS restarts");
  await server.restart();
  await ask(superuserUrl, "UPDATE kept SET restarts = 2");
  await server.kill();
  await expect(ask(superuserUrl, "SELECT * FROM kept")).rejects.toThrow(/ECONNREFUSED/);
  await server.restart();
  expect(await ask(superuserUrl, "SELECT * FROM kept")).toEqual({ restarts: 2 });
});
