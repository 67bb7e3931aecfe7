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

/** A fresh, empty database on the server that these tests share. */
export async function createDatabase(): Promise<TestDatabase> {
  const name = `holdfast_${randomBytes(8).toString("hex")}`;
  const password = randomBytes(16).toString("hex");
  await asSuperuser(`CREATE ROLE ${name} LOGIN PASSWORD '${password}'`, `CREATE DATABASE ${name} OWNER ${name}`);
  const url = new URL(superuserUrl());
  url.username = name;
  url.password = password;
  url.pathname = name;
  return { url: url.href, drop: () => asSuperuser(`DROP DATABASE ${name} WITH (FORCE)`, `DROP ROLE ${name}`) };
}

async function asSuperuser(...statements: readonly string[]): Promise<void> {
  const client = new pg.Client(superuserUrl());
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
