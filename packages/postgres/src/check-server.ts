import { sqlStateOf } from "./database-error.ts";
import type { Query } from "./query.ts";
import { type PostgresSettings, SettingsFault } from "./settings.ts";

/** What a node knows of its database, for its status. */
export interface ServerFacts {
  readonly version: string;
  /** Whom the node is to the database. */
  readonly role: string;
  /** The role owns the ledger's tables or is above their owner: grants do not keep it from altering what is written. */
  readonly isOwner: boolean;
  readonly tls: "verify-full" | "verify-ca" | "none";
  readonly isPartitioned: boolean;
  /** What this service could not be asked, and so was taken on trust. */
  readonly notChecked: readonly string[];
}

const OLDEST_VERSION = 140_000;
/** Not defined, not known, not supported, not allowed to see: the service has no answer to this question. */
const NO_ANSWER = new Set(["42883", "42704", "42P01", "42703", "42601", "0A000", "42501"]);

/** At every start, before anything is trusted to the database; throws a SettingsFault when it would not keep it. */
export async function checkServer(on: Query, settings: PostgresSettings): Promise<ServerFacts> {
  const server = new Questions(on);
  await checkVersion(server);
  await checkDurability(server);
  await checkWritable(server);
  await checkSession(server);
  await checkFeatures(server, settings);
  await checkClock(server);
  return {
    version: (await server.setting("server_version")) ?? "unknown",
    role: (await server.ask("current_user", "SELECT current_user AS value")) ?? settings.user,
    isOwner: (await server.ask("owner of the tables", OWNER)) !== "false",
    tls: settings.tls === false ? "none" : settings.tls.mode,
    isPartitioned: (await server.ask("partitions", PARTITIONED)) === "true",
    notChecked: server.notChecked,
  };
}

/** Before there are tables, whoever makes them will own them. */
const OWNER = `SELECT coalesce(bool_or(pg_has_role(current_user, relowner, 'MEMBER')), true)::text AS value FROM pg_class
  WHERE oid IN (to_regclass('holdfast.entries'), to_regclass('holdfast.head'), to_regclass('holdfast.checkpoints'))`;
const PARTITIONED = `SELECT (count(*) > 0)::text AS value FROM pg_class
  WHERE oid = to_regclass('holdfast.entries') AND relkind = 'p'`;

/** Asks one thing at a time and remembers what got no answer. */
class Questions {
  readonly notChecked: string[] = [];
  readonly #on: Query;

  constructor(on: Query) {
    this.#on = on;
  }

  setting(name: string): Promise<string | undefined> {
    return this.ask(name, `SELECT current_setting('${name}', true) AS value`);
  }

  /** The one value; undefined, and remembered as such, when this service cannot say. */
  async ask(what: string, sql: string): Promise<string | undefined> {
    const value = await this.#valueOf(sql);
    if (value === undefined) this.notChecked.push(what);
    return value;
  }

  /** Whether the service can do this at all. */
  async can(sql: string): Promise<boolean> {
    try {
      await this.#on.query(sql);
      return true;
    } catch (error) {
      if (NO_ANSWER.has(sqlStateOf(error) ?? "")) return false;
      throw error;
    }
  }

  async #valueOf(sql: string): Promise<string | undefined> {
    try {
      const { rows } = await this.#on.query<{ value: string | null }>(sql);
      return rows[0]?.value ?? undefined;
    } catch (error) {
      if (NO_ANSWER.has(sqlStateOf(error) ?? "")) return undefined;
      throw error;
    }
  }
}

/** Another service that speaks the protocol counts its versions in its own way. */
async function checkVersion(server: Questions): Promise<void> {
  const product = await server.ask("product", "SELECT version() AS value");
  if (product?.startsWith("PostgreSQL ") !== true) {
    server.notChecked.push("version");
    return;
  }
  const version = Number((await server.setting("server_version_num")) ?? OLDEST_VERSION);
  if (version >= OLDEST_VERSION) return;
  const major = Math.trunc(version / 10_000);
  throw new SettingsFault(`The database is PostgreSQL ${major}.`, "Holdfast needs PostgreSQL 14 or newer.");
}

/** Without these, "acknowledged" would mean "probably kept". */
async function checkDurability(server: Questions): Promise<void> {
  if ((await server.setting("synchronous_commit")) === "off") {
    throw new SettingsFault(
      "The database acknowledges commits before they are durable (synchronous_commit=off).",
      "Set synchronous_commit=on for the server, and for the database and the role where it is set there.",
    );
  }
  if ((await server.setting("fsync")) === "off") {
    throw new SettingsFault(
      "The database does not wait for its disk (fsync=off).",
      "Set fsync=on, and check the database before it is trusted.",
    );
  }
}

async function checkWritable(server: Questions): Promise<void> {
  if ((await server.ask("standby", "SELECT pg_is_in_recovery()::text AS value")) === "true") {
    throw new SettingsFault("The database is a standby.", "Name the primary server, or an address that follows it.");
  }
  if ((await server.setting("transaction_read_only")) !== "on") return;
  throw new SettingsFault(
    "The database is read-only (default_transaction_read_only=on).",
    "Set it to off for the server, the database and the role.",
  );
}

/** Two nodes that commit at once are told apart by waiting for each other's head, which all of these do. */
const ISOLATIONS = ["read committed", "repeatable read", "serializable"];

async function checkSession(server: Questions): Promise<void> {
  const encoding = await server.setting("server_encoding");
  if (encoding !== undefined && encoding !== "UTF8") {
    throw new SettingsFault(`The database stores text as ${encoding}.`, "Make a database with ENCODING 'UTF8'.");
  }
  const isolation = await server.setting("transaction_isolation");
  if (isolation === undefined || ISOLATIONS.includes(isolation)) return;
  throw new SettingsFault(
    `The database's transactions are ${isolation}.`,
    "Let it honour default_transaction_isolation=read committed.",
  );
}

const MAX_CLOCK_DIFFERENCE_MS = 5 * 60_000;
const CLOCK = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS value";

/** The ledger's times never go back: one node whose clock is far ahead would set them for all, for as long. */
async function checkClock(server: Questions): Promise<void> {
  const value = await server.ask("clock", CLOCK);
  const aheadMs = value === undefined ? 0 : Date.now() - Number(value);
  if (Math.abs(aheadMs) <= MAX_CLOCK_DIFFERENCE_MS) return;
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  throw new SettingsFault(
    `This machine's clock is ${minutes} minutes ${aheadMs > 0 ? "ahead of" : "behind"} the database's.`,
    "Set both by the same time service (NTP): the times of entries never go back, and tokens end by each node's clock.",
  );
}

async function checkFeatures(server: Questions, { hasLocks, hasNotify }: PostgresSettings): Promise<void> {
  if (hasLocks && !(await server.can("SELECT pg_try_advisory_xact_lock_shared(0)"))) {
    throw new SettingsFault("The database has no advisory locks.", "Set HOLDFAST_STORAGE_LOCKS=off.");
  }
  if (hasNotify && !(await server.can("UNLISTEN holdfast"))) {
    throw new SettingsFault("The database has no LISTEN and NOTIFY.", "Set HOLDFAST_STORAGE_NOTIFY=off.");
  }
}
