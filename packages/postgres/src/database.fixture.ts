import { onTestFinished } from "vitest";
import type pg from "pg";
import { createDatabase, superuserUrl } from "../../../test/postgres.ts";
import { connect, type Purpose } from "./connect.ts";
import { type PostgresSettings, settingsFrom } from "./settings.ts";

/** Suites that need a server are skipped by name without one. */
export const hasServer = process.env["HOLDFAST_TEST_POSTGRES_URL"] !== undefined;

/** An empty database of its own, gone when the test ends; its owner is no superuser. */
export async function emptyDatabase(): Promise<PostgresSettings> {
  const database = await createDatabase();
  onTestFinished(() => database.drop());
  return settingsFrom({ url: database.url });
}

/** Ended with the test. */
export async function connected(settings: PostgresSettings, purpose: Purpose = "migration"): Promise<pg.Client> {
  const client = await connect(settings, purpose);
  onTestFinished(() => client.end());
  return client;
}

/** Whoever may do everything, in the same database. */
export function asSuperuser(settings: PostgresSettings): PostgresSettings {
  const { user, password } = settingsFrom({ url: superuserUrl() });
  const { password: _, ...rest } = settings;
  return { ...rest, user, ...(password !== undefined && { password }) };
}

/** A role that may log in and nothing else, gone when the test ends. */
export async function createRole(settings: PostgresSettings): Promise<PostgresSettings> {
  const user = `${settings.user}_node`;
  const superuser = await connect(asSuperuser(settings), "migration");
  await superuser.query(`CREATE ROLE ${user} LOGIN PASSWORD 'node'`);
  await superuser.end();
  onTestFinished(async () => {
    const last = await connect(asSuperuser(settings), "migration");
    await last.query(`DROP OWNED BY ${user}; DROP ROLE ${user}`);
    await last.end();
  });
  return { ...settings, user, password: "node" };
}
