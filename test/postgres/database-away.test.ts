import { expect, it } from "vitest";
import { superuserUrl } from "../postgres.ts";
import { ask, holdfast, newDatabase, newHome, runningServer } from "../cli/migrate.fixture.ts";

it("says, while the database is away, that nothing was done and what self-check could not read", async () => {
  const home = newHome();
  const url = await newDatabase();
  const server = await runningServer(home, { HOLDFAST_STORAGE_URL: url });
  const socket = { HOLDFAST_SOCKET: server.socketPath };
  const path = "applications/shop/config/key";
  expect(await holdfast(home, ["put", path, "one"], socket)).toMatchObject({ code: 0 });

  await takeAway(new URL(url).pathname.slice(1));
  const read = await holdfast(home, ["get", path], socket);
  expect(read).toMatchObject({ code: 8, out: "" });
  expect(read.err).toMatch(/\nhint: Nothing was done\. Try again; \/readyz tells when\.\n/);
  const checked = await holdfast(home, ["self-check"], socket);
  expect(checked.out).toMatch(/clock: the newest entry cannot be read \(The server cannot /);
});

/** For all but superusers, who drop it. */
async function takeAway(database: string): Promise<void> {
  await ask(superuserUrl(), `ALTER DATABASE ${database} CONNECTION LIMIT 0`);
  await ask(superuserUrl(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`);
}
