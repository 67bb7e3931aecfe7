import pg from "pg";
import { StorageFault } from "@holdfast/engine";
import { sqlStateOf } from "./database-error.ts";
import type { PostgresSettings, TlsSettings } from "./settings.ts";

/**
 * What a connection is for: `writer` appends batches (pipelined, waits for no lock for long), `listener` hears of other
 * nodes, `reader` is one of the pool, `migration` and `snapshot` may take as long as they need.
 */
export type Purpose = "writer" | "listener" | "reader" | "migration" | "snapshot";

const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_AFTER_MS = 10_000;
/** What an answer may take longer than the server's own limit before the connection counts as lost. */
const ANSWER_GRACE_MS = 5_000;
const IDLE_IN_TRANSACTION_MS = 10_000;
const WRITER_LOCK_MS = 500;
/** Whoever comes after a migration that waits for a lock waits behind it: it tries often, and never for long. */
const MIGRATION_LOCK_MS = 1_000;
/** A connection is made anew now and then, so that a changed address or server is found without a restart. */
const LIFETIME_SECONDS = 1_800;
/** After so long a connection is dropped whose other end does not answer the goodbye: TCP itself waits a quarter of an hour. */
const GOODBYE_MS = 1_000;

/** What Node adds to an authority that it does not know; ours comes by HOLDFAST_STORAGE_CA_FILE, as the hint says. */
const ADVICE_OF_NODE = /; if the root CA is installed locally, try running Node\.js with --use-system-ca/;

/** A connected client; rejects with a StorageFault that names the place and never the password. */
export async function connect(settings: PostgresSettings, purpose: Purpose): Promise<pg.Client> {
  const client = new Client(configOf(settings, purpose));
  try {
    await client.connect();
    return client;
  } catch (error) {
    // A refusal during the handshake leaves the socket open, and `end` would wait for a server that says nothing.
    destroy(client);
    const reason = error instanceof Error ? error.message.replace(ADVICE_OF_NODE, "") : "no reason was given";
    throw new StorageFault("database_unreachable", `No connection to ${placeOf(settings)}: ${reason}.`, error);
  }
}

/** Whether somebody answers there, be it to refuse: after a few seconds nobody does. */
export async function answers(settings: PostgresSettings): Promise<boolean> {
  try {
    const client = await connect(settings, "listener");
    await client.end();
    return true;
  } catch (fault) {
    return sqlStateOf((fault as StorageFault).cause) !== undefined;
  }
}

/** Connections for reads, opened as they are needed. */
export const createPool = (settings: PostgresSettings): ReadPool => new ReadPool(settings);

/** A pool that can be given up: what waits for an answer then gets an error. */
export class ReadPool extends pg.Pool {
  readonly #clients = new Set<pg.Client>();
  #ended: Promise<void> | undefined;

  constructor(settings: PostgresSettings) {
    super({
      ...configOf(settings, "reader"),
      Client,
      max: settings.maxConnections,
      idleTimeoutMillis: 30_000,
      maxLifetimeSeconds: LIFETIME_SECONDS,
    });
    // A lost idle connection has been taken out of the pool; whoever needs one next makes it.
    this.on("error", () => undefined);
    this.on("connect", (client) => this.#clients.add(client as pg.Client));
    this.on("remove", (client) => this.#clients.delete(client as pg.Client));
  }

  /** Once what is under way has been answered; any number of times. */
  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    this.#ended ??= super.end();
    return callback === undefined ? this.#ended : void this.#ended.then(callback);
  }

  /** Ends without waiting for any answer. */
  async giveUp(): Promise<void> {
    const ended = this.end();
    for (const client of this.#clients) destroy(client);
    await ended;
  }
}

/** Where the database is, for people. */
export const placeOf = ({ host, port, database }: PostgresSettings): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;

/**
 * A client that no lost connection can end the process through or keep from ending, and that takes nothing from the
 * environment.
 */
class Client extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Queries that run are rejected on their own; whoever holds an idle client listens for `error` or `end` as well.
    this.on("error", () => undefined);
    // The one PG* variable (PGREPLICATION) that no configuration can overrule.
    Object.assign((this as unknown as { connectionParameters: object }).connectionParameters, {
      replication: undefined,
    });
  }

  /** As pg, but it also ends when nobody hears it; what was sent before gets an answer until then. */
  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | void {
    const timer = setTimeout(() => destroy(this), GOODBYE_MS);
    timer.unref();
    this.once("end", () => clearTimeout(timer));
    return callback === undefined ? super.end() : super.end(callback);
  }
}

function destroy(client: pg.Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

function configOf(settings: PostgresSettings, purpose: Purpose): pg.ClientConfig {
  const isBounded = purpose !== "migration" && purpose !== "snapshot";
  return {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    // A function, also when there is none: only that keeps pg from PGPASSWORD and from ~/.pgpass.
    password: () => passwordOf(settings),
    ssl: settings.tls && tlsOptions(settings.tls),
    sslnegotiation: "postgres",
    application_name: `holdfast ${purpose}`,
    client_encoding: "UTF8",
    options: optionsOf(settings, purpose),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    ...(isBounded && { query_timeout: settings.statementTimeoutMs + ANSWER_GRACE_MS }),
    types: { getTypeParser },
    pipeline: purpose === "writer" || purpose === "snapshot",
  };
}

function passwordOf({ password }: PostgresSettings): string {
  if (password !== undefined) return password;
  throw new Error("the database asks for a password and none is set (HOLDFAST_STORAGE_PASSWORD_FILE)");
}

function tlsOptions({ mode, ca }: TlsSettings): object {
  return {
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    ...(ca !== undefined && { ca }),
    ...(mode === "verify-ca" && { checkServerIdentity: () => undefined }),
  };
}

/** In the start-up packet, so that no query ever runs without them, and over what the role's own defaults say. */
function optionsOf({ statementTimeoutMs }: PostgresSettings, purpose: Purpose): string {
  const isBounded = purpose !== "migration" && purpose !== "snapshot";
  const lockMs = { writer: WRITER_LOCK_MS, migration: MIGRATION_LOCK_MS, listener: 0, reader: 0, snapshot: 0 };
  const options: Readonly<Record<string, string>> = {
    search_path: "holdfast",
    TimeZone: "UTC",
    client_encoding: "UTF8",
    default_transaction_isolation: "read committed",
    statement_timeout: String(isBounded ? statementTimeoutMs : 0),
    lock_timeout: String(lockMs[purpose]),
    idle_in_transaction_session_timeout: String(isBounded ? IDLE_IN_TRANSACTION_MS : 0),
  };
  return Object.entries(options)
    .map(([name, value]) => `-c ${name}=${value.replaceAll(" ", "\\ ")}`)
    .join(" ");
}

const INT8 = 20;
const INT8_ARRAY: number = 1016;

/** As pg parses, but int8 as numbers: all integers that are stored are safe ones. Of this client alone, not of pg. */
function getTypeParser(oid: number, format?: "text" | "binary"): unknown {
  if (format === "binary") return pg.types.getTypeParser(oid, "binary");
  if (oid === INT8) return Number;
  if (oid === INT8_ARRAY) return numbersOf;
  return pg.types.getTypeParser(oid, "text") as unknown;
}

function numbersOf(text: string): readonly (number | null)[] {
  const parse = pg.types.getTypeParser(INT8_ARRAY, "text") as (text: string) => readonly (string | null)[];
  return parse(text).map((item) => (item === null ? null : Number(item)));
}
