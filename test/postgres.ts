import { randomBytes } from "node:crypto";
import pg from "pg";
import { postgresVariable } from "./postgres/variable.ts";

/** A database of its own, whose owner is no superuser. */
export interface TestDatabase {
  readonly url: string;
  /** Ends whatever is connected to it. */
  drop(): Promise<void>;
}

/** The server that these tests share, as one who may do everything there. */
export function superuserUrl(): string {
  const url = process.env[postgresVariable];
  if (url === undefined)
    throw new Error(`${postgresVariable} is not set: the project of this test starts no PostgreSQL`);
  return url;
}

/** A fresh, empty database, on the server that these tests share unless another one is named. */
export async function createDatabase(server: string = superuserUrl()): Promise<TestDatabase> {
  const name = `holdfast_${randomBytes(8).toString("hex")}`;
  const password = randomBytes(16).toString("hex");
  await run(server, `CREATE ROLE ${name} LOGIN PASSWORD '${password}'`, `CREATE DATABASE ${name} OWNER ${name}`);
  const url = new URL(server);
  url.username = name;
  url.password = password;
  url.pathname = name;
  return { url: url.href, drop: () => run(server, `DROP DATABASE ${name} WITH (FORCE)`, `DROP ROLE ${name}`) };
}

async function run(server: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
