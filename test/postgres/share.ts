import { NoPostgres } from "./program.ts";
import { type Postgres, startPostgres } from "./start.ts";
import { noPostgresVariable, postgresVariable } from "./variable.ts";

interface Shared {
  users: number;
  readonly server: Promise<Postgres | undefined>;
}

/** Each project loads this module for itself, so what they share lies with the process. */
const place = process as { holdfastPostgres?: Shared };

/**
 * Vitest calls this once for each project that needs a PostgreSQL and has a file to run. The first one starts it, unless
 * one was given; what it returns ends it when the last is done.
 */
export async function setup(): Promise<() => Promise<void>> {
  if (place.holdfastPostgres === undefined && isSettled()) return async () => {};
  const shared = (place.holdfastPostgres ??= { users: 0, server: start() });
  shared.users += 1;
  await shared.server;
  return async () => {
    shared.users -= 1;
    if (shared.users === 0) await (await shared.server)?.stop();
  };
}

function isSettled(): boolean {
  return process.env[postgresVariable] !== undefined || process.env[noPostgresVariable] !== undefined;
}

async function start(): Promise<Postgres | undefined> {
  try {
    const server = await startPostgres();
    process.env[postgresVariable] = server.superuserUrl;
    return server;
  } catch (error) {
    if (!(error instanceof NoPostgres)) throw error;
    process.env[noPostgresVariable] = error.message;
    return undefined;
  }
}
