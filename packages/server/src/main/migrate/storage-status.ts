import {
  checkServer,
  connect,
  placeOf,
  type PostgresSettings,
  SCHEMA_VERSION,
  schemaVersion,
  SettingsFault,
} from "@holdfast/postgres";
import { MIGRATE } from "../connection-hint.ts";
import { configurationFrom } from "../configuration.ts";
import type { Environment } from "@holdfast/runtime";
import { dataFolderAt } from "../data-folder.ts";
import { unfinishedCopy } from "./copy-mark.ts";
import type { Database } from "./database.ts";
import { explained, storageOf } from "./explained.ts";
import { hasRelation, headOf } from "./postgres-head.ts";

export interface DatabaseStatus {
  /** Host, port and name of the database. */
  readonly place: string;
  readonly server: string;
  readonly role: string;
  /** The role could alter what is written: grants do not bind it. Undefined when there are no tables yet. */
  readonly isOwner: boolean | undefined;
  readonly tls: string;
  readonly synchronousCommit: string | undefined;
  /** Version of the tables; 0 when there are none. */
  readonly schemaVersion: number;
  /** The newest that this program knows. */
  readonly knownVersion: number;
  readonly sizeBytes: number | undefined;
  readonly ledger: { readonly origin: string; readonly size: number; readonly epoch: number } | undefined;
  /** Who wrote lately, and when last. */
  readonly nodes: readonly { readonly node: string; readonly wroteAt: string }[];
  /** Who does what only one of all nodes does. */
  readonly leases: readonly { readonly name: string; readonly node: string; readonly isHeld: boolean }[];
  /** Why no server starts on it, or should. */
  readonly problems: readonly string[];
  /** What this database could not be asked. */
  readonly notChecked: readonly string[];
}

/** What can be said of the database that HOLDFAST_STORAGE_URL names, without a server. Changes nothing. */
export async function storageStatus(env: Environment): Promise<DatabaseStatus> {
  const configuration = configurationFrom(env);
  const settings = storageOf(configuration);
  return explained(settings, dataFolderAt(configuration.dataDir).database, async () => {
    const database = await connect(settings, "snapshot");
    try {
      return await statusOf(database, settings);
    } finally {
      await database.end();
    }
  });
}

type Client = Awaited<ReturnType<typeof connect>>;

async function statusOf(database: Client, settings: PostgresSettings): Promise<DatabaseStatus> {
  const checked = await checkedServer(database, settings);
  const { version } = await schemaVersion(database);
  const head = await headOf(database);
  const unfinished = await unfinishedCopy(database);
  const size = await valueOf(database, "SELECT pg_database_size(current_database()) AS value");
  return {
    place: placeOf(settings),
    ...checked.facts,
    isOwner: version === 0 ? undefined : checked.facts.isOwner,
    synchronousCommit: (await valueOf(database, "SELECT current_setting('synchronous_commit', true) AS value")) as
      | string
      | undefined,
    schemaVersion: version,
    knownVersion: SCHEMA_VERSION,
    sizeBytes: size === undefined ? undefined : Number(size),
    ledger: head && { origin: head.origin, size: head.size, epoch: head.epoch },
    nodes: await nodesOf(database),
    leases: await leasesOf(database),
    problems: [
      ...checked.problems,
      ...(await missingTables(database, version, checked.facts.isOwner)),
      ...(unfinished === undefined ? [] : [unfinished]),
    ],
  };
}

/** Whoever may make tables makes what is missing at his start; others wait for the owner. */
async function missingTables(database: Database, version: number, isOwner: boolean): Promise<readonly string[]> {
  if (version >= SCHEMA_VERSION) return [];
  const canMakeThem = version === 0 ? (await valueOf(database, MAY_MAKE_SCHEMA)) !== false : isOwner;
  if (canMakeThem) return [];
  const found = version === 0 ? "There are no tables yet" : `The tables have version ${version} of ${SCHEMA_VERSION}`;
  return [`${found}, and this role may not make them. ${MIGRATE}`];
}

/** The first migration asks for a schema, and the database lets only those ask who may make one. */
const MAY_MAKE_SCHEMA = "SELECT has_database_privilege(current_database(), 'CREATE') AS value";

/** A database that no server would start on still has a version and a role. */
async function checkedServer(database: Client, settings: PostgresSettings) {
  try {
    const { version, role, isOwner, tls, notChecked } = await checkServer(database, settings);
    return { facts: { server: version, role, isOwner, tls, notChecked }, problems: [] };
  } catch (fault) {
    if (!(fault instanceof SettingsFault)) throw fault;
    const tls = settings.tls === false ? "none" : settings.tls.mode;
    const server = String(await valueOf(database, "SELECT current_setting('server_version', true) AS value"));
    const facts = { server, role: settings.user, isOwner: false, tls, notChecked: ["owner of the tables"] };
    return { facts, problems: [`${fault.message} ${fault.hint}`] };
  }
}

const MAX_NODES = 100;

/** By the batches that are kept, which is some hours of them. */
async function nodesOf(database: Database): Promise<DatabaseStatus["nodes"]> {
  if (!(await hasRelation(database, "batches"))) return [];
  const { rows } = await database.query(
    `SELECT node, to_char(max(written_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "wroteAt"
     FROM holdfast.batches GROUP BY node ORDER BY max(written_at) DESC LIMIT ${MAX_NODES}`,
  );
  return rows as unknown as DatabaseStatus["nodes"];
}

async function leasesOf(database: Database): Promise<DatabaseStatus["leases"]> {
  if (!(await hasRelation(database, "leases"))) return [];
  const { rows } = await database.query(
    `SELECT name, split_part(holder, ' ', 1) AS node, expires_at > now() AS "isHeld" FROM holdfast.leases ORDER BY name`,
  );
  return rows as unknown as DatabaseStatus["leases"];
}

/** Undefined where this service has no answer. */
async function valueOf(database: Database, sql: string): Promise<unknown> {
  try {
    return (await database.query(sql)).rows[0]?.["value"] ?? undefined;
  } catch {
    return undefined;
  }
}
