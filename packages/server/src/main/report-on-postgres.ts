import type { PoolReads, PostgresSettings, ServerFacts } from "@holdfast/postgres";
import type { Feature } from "@holdfast/runtime";
import type { StorageReport } from "@holdfast/spine";

/** Whether other nodes' commits are told of, or have to be looked for. */
export interface FeedState {
  isListening: boolean;
  reason: string;
}

/** What is known of the database without asking it. */
export interface PostgresState {
  readonly settings: PostgresSettings;
  readonly server: ServerFacts;
  readonly reads: PoolReads;
  readonly feed: Readonly<FeedState>;
  /** Ledger size that this node shows. */
  readonly position: number;
}

const POSITION = {
  name: "report_position",
  text: `SELECT (SELECT size FROM head WHERE id = 0) AS size,
    (SELECT holder FROM leases WHERE name = 'duties' AND expires_at > now()) AS holder`,
};
/** Sizes need no right to the tables; a service that has no such functions does not say them. */
const SIZES = {
  name: "report_sizes",
  text: `SELECT pg_database_size(current_database()) AS bytes,
    coalesce(pg_relation_size(to_regclass('holdfast.entries_default')), 0) AS strays`,
};

// Types, not interfaces: only these count as rows of any columns.
type Position = { readonly size: number | null; readonly holder: string | null };
type Sizes = { readonly bytes: number; readonly strays: number };

/** What `status` says of the database: asked for now, so that a status is refused when the database does not answer. */
export async function reportOnPostgres(state: PostgresState): Promise<StorageReport> {
  const { reads, server } = state;
  const [found] = await reads.rows<Position>(POSITION);
  const [sizes] = await reads.rows<Sizes>(SIZES).catch(() => []);
  // The lease's holder is a node's name and a mark of the process.
  const dutyHolder = found?.holder?.split(" ")[0];
  return {
    storage: {
      kind: "postgres",
      server: server.version,
      role: server.role,
      tls: server.tls,
      behind: Math.max(0, (found?.size ?? 0) - state.position),
      ...(sizes === undefined ? {} : { sizeBytes: sizes.bytes }),
      ...(dutyHolder === undefined ? {} : { dutyHolder }),
    },
    features: [
      leastPrivilege(server),
      encryption(state),
      feed(state),
      duties(dutyHolder),
      partitions(server, (sizes?.strays ?? 0) > 0),
      checks(server),
    ],
  };
}

function leastPrivilege({ role, isOwner }: ServerFacts): Feature {
  const name = "storage-least-privilege";
  return isOwner
    ? {
        name,
        state: "degraded",
        detail: `the role ${role} owns the ledger's tables, so that grants do not keep it from altering entries; give nodes a role of their own`,
      }
    : { name, state: "available", detail: `the role ${role} can append to the ledger and not alter it` };
}

const isOnHost = (host: string): boolean =>
  host.startsWith("/") || host === "localhost" || host === "::1" || host.startsWith("127.");

function encryption({ server, settings }: PostgresState): Feature {
  const name = "storage-encryption";
  if (server.tls === "verify-full") {
    return { name, state: "available", detail: "TLS, and the certificate is verified to be this host's" };
  }
  if (server.tls === "verify-ca") {
    return { name, state: "available", detail: "TLS, and the certificate is verified to be of the given authority" };
  }
  return isOnHost(settings.host)
    ? { name, state: "available", detail: "none is needed: the connection does not leave this host" }
    : { name, state: "degraded", detail: "sslmode=disable: whoever sees the network sees what nodes read and write" };
}

function feed({ feed: { isListening, reason }, settings }: PostgresState): Feature {
  const name = "storage-notifications";
  if (isListening) return { name, state: "available", detail: "other nodes' commits are told of at once" };
  const instead = `other nodes' commits are looked for every ${settings.pollMs} ms`;
  return settings.hasNotify
    ? { name, state: "degraded", detail: `${instead}: ${reason}` }
    : { name, state: "unavailable", detail: `${instead} (HOLDFAST_STORAGE_NOTIFY=off)` };
}

function duties(holder: string | undefined): Feature {
  const name = "duties";
  return holder === undefined
    ? { name, state: "degraded", detail: "no node has the lease at the moment; one takes it within seconds" }
    : { name, state: "available", detail: `${holder} issues checkpoints and cleans up` };
}

function partitions({ isPartitioned }: ServerFacts, strays: boolean): Feature {
  const name = "ledger-partitions";
  if (!isPartitioned) return { name, state: "unavailable", detail: "this database keeps all entries in one table" };
  return strays
    ? { name, state: "degraded", detail: "some entries stand in the default partition: no month was made for them" }
    : { name, state: "available", detail: "each month's entries stand in a table of their own" };
}

function checks({ notChecked }: ServerFacts): Feature {
  const name = "storage-checks";
  return notChecked.length === 0
    ? { name, state: "available", detail: "the database keeps what it acknowledges, as far as it says" }
    : { name, state: "degraded", detail: `the database could not be asked for: ${notChecked.join(", ")}` };
}
