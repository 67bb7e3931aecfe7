import { existsSync } from "node:fs";
import { type LedgerCommitter, type Logger, StorageFault } from "@holdfast/engine";
import { signerFromSeed } from "@holdfast/engine/crypto";
import { lockInstance } from "@holdfast/engine/sqlite-file";
import {
  checkServer,
  connect,
  createPool,
  createPostgresCommitter,
  placeOf,
  PoolReads,
  PostgresLease,
  PostgresLedgerReader,
  type PostgresSettings,
  PostgresStorage,
  prepareSchema,
  pruneBatches,
  type ReadPool,
  type ServerFacts,
} from "@holdfast/postgres";
import {
  checkpointPlaces,
  type LedgerOptions,
  type LedgerPlace,
  newSeeds,
  type OpenLedger,
  readSeeds,
  refuseIfKnown,
  type Seeds,
  FINISH_COPY,
} from "@holdfast/spine";
import { StartFailure } from "@holdfast/runtime";
import { type DataFolder, tracesOf } from "./data-folder.ts";
import { tables } from "./tables.ts";
import { leaseLog } from "./lease-log.ts";
import { unfinishedCopy } from "./migrate/copy-mark.ts";
import { partitionsAhead } from "./partitions-ahead.ts";
import { type FeedState, reportOnPostgres } from "./report-on-postgres.ts";
import { postgresFailure, sqliteFailure } from "./storage-failure.ts";
import { whenSilent } from "./when-silent.ts";

/** Name of the lease of whoever does what one of all nodes has to do. */
const DUTIES = "duties";

/** A database that several nodes share, with what this one knows of it. */
interface Shared {
  readonly folder: DataFolder;
  readonly settings: PostgresSettings;
  readonly node: string;
  readonly pool: ReadPool;
  readonly reads: PoolReads;
  readonly server: ServerFacts;
}

/** Reaches the database, insists that it keeps what it acknowledges, and brings its tables up to date. */
export async function reachPostgres(
  folder: DataFolder,
  settings: PostgresSettings,
  node: string,
): Promise<LedgerPlace> {
  const place = placeOf(settings);
  // Other nodes share the database; socket, root key and checkpoints in the folder belong to one process all the same.
  const unlock = lockFolder(folder);
  const pool = createPool(settings);
  const end = async () => {
    await pool.end();
    unlock();
  };
  try {
    const server = await prepare(settings, pool);
    const shared: Shared = { folder, settings, node, pool, reads: new PoolReads(pool), server };
    return {
      isShared: true,
      hasLedger: () => naming(place, async () => (await new PostgresLedgerReader(shared.reads).head()) !== undefined),
      open: (options) => naming(place, () => openLedger(shared, options)),
      close: end,
    };
  } catch (cause) {
    await end();
    throw postgresFailure(cause, place);
  }
}

function lockFolder({ database, path }: DataFolder): () => void {
  try {
    return lockInstance(database);
  } catch (cause) {
    // The lock is named after a file of its own folder that is not there.
    const isInUse = cause instanceof StorageFault && cause.code === "database_in_use";
    const sentence = `Another instance already runs on the data folder ${path}.`;
    throw sqliteFailure(isInUse ? new StorageFault("database_in_use", sentence, cause) : cause, path);
  }
}

async function naming<T>(place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw postgresFailure(cause, place);
  }
}

async function prepare(settings: PostgresSettings, pool: ReadPool): Promise<ServerFacts> {
  const client = await connect(settings, "migration");
  try {
    await checkServer(client, settings);
    await refuseUnfinishedCopy(client);
    await prepareSchema(client, tables, { hasLocks: settings.hasLocks });
  } finally {
    await client.end();
  }
  // As this node will work with it: now there are tables, and somebody owns them.
  return checkServer(pool, settings);
}

/** Its entries may all be there, and its head is not: a node that begins a ledger of its own would spoil it. */
async function refuseUnfinishedCopy(client: Awaited<ReturnType<typeof connect>>): Promise<void> {
  const sentence = await unfinishedCopy(client);
  if (sentence === undefined) return;
  throw new StartFailure("database_damaged", sentence, FINISH_COPY);
}

async function openLedger(shared: Shared, options: LedgerOptions): Promise<OpenLedger> {
  const stored = await openStored(shared, options);
  const lease = leaseOn(shared, options.log);
  await lease.start();
  const committing = await openCommitter(shared, options, stored, lease);
  return {
    ...ledgerOf(stored),
    committer: committing.committer,
    duties: lease,
    upkeep: [{ run: () => pruneBatches(shared.pool) }, { run: partitionsAhead(shared.pool, options.log) }],
    ...toldOf(shared, lease, committing),
    giveUpWhenSilent: () =>
      whenSilent(shared.settings, () => {
        committing.giveUp();
        void shared.pool.giveUp();
      }),
    async close() {
      // Before the lease ends, which allows the last checkpoint.
      await committing.committer.close();
      await lease.stop();
    },
  };
}

/** What the database holds of the ledger, or will hold of a new one, and who reads it. */
interface Stored {
  readonly storage: PostgresStorage;
  readonly reader: PostgresLedgerReader;
  readonly seeds: Seeds;
  readonly publicKey: Uint8Array;
  readonly places: ReturnType<typeof checkpointPlaces>;
}

async function openStored(shared: Shared, options: LedgerOptions): Promise<Stored> {
  const { keyring, checkpointDir } = options;
  const storage = new PostgresStorage(shared.reads, keyring.subkeys.stateMac);
  const reader = new PostgresLedgerReader(shared.reads);
  const seeds = (await readSeeds({ storage, reader, keyring })) ?? beginAt(shared, options);
  const { publicKey } = signerFromSeed(seeds.ledger);
  const places = checkpointPlaces(shared.folder.checkpoint, checkpointDir, { origin: seeds.origin, publicKey });
  return { storage, reader, seeds, publicKey, places };
}

function ledgerOf({ storage, reader, seeds, publicKey, places }: Stored) {
  const { known, secondPlaceProblem } = places;
  const { origin, authority: authoritySeed, newKeys } = seeds;
  return { storage, reader, origin, publicKey, authoritySeed, newKeys, known, secondPlaceProblem };
}

const leaseOn = ({ pool, node }: Shared, log: Logger): PostgresLease =>
  new PostgresLease({ on: pool, name: DUTIES, node, ...leaseLog(log) });

/** A committer that is open, what it has heard of other nodes, and the end of it that waits for nothing. */
interface Committing {
  readonly committer: LedgerCommitter;
  readonly feed: FeedState;
  giveUp(): void;
}

async function openCommitter(
  { settings, node }: Shared,
  options: LedgerOptions,
  { seeds, places }: Stored,
  lease: PostgresLease,
): Promise<Committing> {
  const feed: FeedState = { isListening: false, reason: "it has not been asked yet" };
  const giving = new AbortController();
  try {
    const committer = await createPostgresCommitter(
      {
        settings,
        node,
        tables,
        origin: seeds.origin,
        signingSeed: seeds.ledger,
        stateKey: options.keyring.subkeys.stateMac,
        known: places.known,
        publish: places.publish,
        givenUp: giving.signal,
        isOnDuty: () => lease.isHeld,
        onCommitted: ({ writes, isIncomplete }) => options.onCommitted(writes, isIncomplete),
        onEvent: (event) => {
          if (event.kind === "feed") Object.assign(feed, { isListening: event.isListening, reason: event.reason });
          options.onEvent(event);
        },
      },
      options.dependencies,
    );
    return { committer, feed, giveUp: () => giving.abort() };
  } catch (cause) {
    await lease.stop();
    throw cause;
  }
}

/** What `status` and whoever scrapes are told. */
function toldOf(shared: Shared, lease: PostgresLease, { committer, feed }: Committing) {
  const { pool } = shared;
  return {
    report: () => reportOnPostgres({ ...shared, feed, position: committer.position }),
    readings: () => ({
      isOnDuty: lease.isHeld,
      isListening: feed.isListening,
      connections: { open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount },
    }),
  };
}

function beginAt({ folder, settings }: Shared, { keyring }: LedgerOptions) {
  if (existsSync(folder.database)) {
    throw new StartFailure(
      "data_folder",
      `${placeOf(settings)} holds no ledger, but the data folder ${folder.path} holds one.`,
      "Move it with `holdfast migrate sqlite-to-postgres`, or name another folder with HOLDFAST_DATA_DIR.",
    );
  }
  refuseIfKnown(tracesOf(folder), placeOf(settings));
  return newSeeds(keyring, Date.now());
}
