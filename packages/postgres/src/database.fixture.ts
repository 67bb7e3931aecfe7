import { afterAll, onTestFinished } from "vitest";
import type pg from "pg";
import { createDatabase, superuserUrl } from "../../../test/postgres.ts";
import { connect, type Purpose } from "./connect.ts";
import { type PostgresSettings, settingsFrom } from "./settings.ts";

/** Suites that need a server are skipped by name without one. */
export const hasServer = process.env["HOLDFAST_TEST_POSTGRES_URL"] !== undefined;

/** Is told what to do at the end: of the test, unless a suite keeps it. */
export type AtEnd = (clean: () => Promise<void>) => void;

/** For what all tests of a suite share: the cleaning is done after the last of them. */
export function atEndOfSuite(): AtEnd {
  const cleanings: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const clean of cleanings.reverse()) await clean();
  });
  return (clean) => void cleanings.push(clean);
}

/** An empty database of its own; its owner is no superuser. */
export async function emptyDatabase(atEnd: AtEnd = onTestFinished): Promise<PostgresSettings> {
  const database = await createDatabase();
  atEnd(() => database.drop());
  return settingsFrom({ url: database.url });
}

export async function connected(
  settings: PostgresSettings,
  purpose: Purpose = "migration",
  atEnd: AtEnd = onTestFinished,
): Promise<pg.Client> {
  const client = await connect(settings, purpose);
  atEnd(() => client.end());
  return client;
}

/** Whoever may do everything, in the same database. */
export function asSuperuser(settings: PostgresSettings): PostgresSettings {
  const { user, password } = settingsFrom({ url: superuserUrl() });
  const { password: _, ...rest } = settings;
  return { ...rest, user, ...(password !== undefined && { password }) };
}

/** A role that may log in and nothing else. */
export async function createRole(settings: PostgresSettings, atEnd: AtEnd = onTestFinished): Promise<PostgresSettings> {
  const user = `${settings.user}_node`;
  const superuser = await connect(asSuperuser(settings), "migration");
  await superuser.query(`CREATE ROLE ${user} LOGIN PASSWORD 'node'`);
  await superuser.end();
  atEnd(async () => {
    const last = await connect(asSuperuser(settings), "migration");
    await last.query(`DROP OWNED BY ${user}; DROP ROLE ${user}`);
    await last.end();
  });
  return { ...settings, user, password: "node" };
}
