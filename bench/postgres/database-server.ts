import { readFileSync } from "node:fs";
import { createDatabase, type TestDatabase } from "../../test/postgres.ts";
import { type Postgres, startPostgres } from "../../test/postgres/start.ts";
import { postgresVariable } from "../../test/postgres/variable.ts";

const configuration = new URL("../../deploy/postgres/holdfast.conf", import.meta.url);
/** Several clusters and pgbench at once, where a production server has one cluster. */
const maxConnections = "300";
const ticksPerSecond = 100;

/** The one PostgreSQL of a run; every case has a database of its own in it. */
export interface DatabaseServer {
  /** As one who may do everything there. */
  readonly url: string;
  /** What it is, for whoever reads the figures. */
  readonly about: string;
  createDatabase(): Promise<TestDatabase>;
  /** User and system time of all its processes so far; undefined for a server that somebody else started. */
  cpuSeconds(): number | undefined;
  /** Ends it, or leaves a given one as it was found. */
  stop(): Promise<void>;
}

/** The server that was given, or a durable one of our own. Throws `NoPostgres` where none can be had. */
export async function reachDatabaseServer(): Promise<DatabaseServer> {
  const given = process.env[postgresVariable];
  if (given === undefined) return own(await startPostgres({ settings: recommendedSettings() }));
  const databases: TestDatabase[] = [];
  return {
    url: given,
    about: `the PostgreSQL that ${postgresVariable} names`,
    async createDatabase() {
      const database = await createDatabase(given);
      databases.push(database);
      return database;
    },
    cpuSeconds: () => undefined,
    async stop() {
      for (const database of databases) await database.drop();
    },
  };
}

function own(server: Postgres): DatabaseServer {
  return {
    url: server.superuserUrl,
    about: "one PostgreSQL over TCP on this host, set as deploy/postgres/holdfast.conf says",
    createDatabase: () => createDatabase(server.superuserUrl),
    cpuSeconds: () => treeSeconds(server.pid()),
    stop: () => server.stop(),
  };
}

/** What operators are told to set is what is measured. */
function recommendedSettings(): Readonly<Record<string, string>> {
  const lines = readFileSync(configuration, "utf8").matchAll(/^(\w+) = (.+)$/gm);
  const settings = Object.fromEntries(Array.from(lines, ([, name = "", value = ""]) => [name, value] as const));
  return { ...settings, max_connections: maxConnections };
}

/** Of a process and its children, those that have ended included. */
function treeSeconds(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").split(" ").filter(Boolean);
  const ticks = [pid, ...children].map((id) => ticksOf(id)).reduce((sum, one) => sum + one, 0);
  return ticks / ticksPerSecond;
}

/** Fields 14 to 17 of proc(5): user and system time, and that of children that were waited for. */
function ticksOf(pid: number | string): number {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return 0; // it has ended since, and its parent has its time
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}
