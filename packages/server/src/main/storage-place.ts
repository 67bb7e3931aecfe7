import { SqliteStorage, sqliteSource, type Storage, type VerifierModule } from "@holdfast/engine";
import { createPool, PoolReads, postgresSource, type PostgresSettings, PostgresStorage } from "@holdfast/postgres";

/** Which database holds the ledger and the rows; it can be cloned into a thread. */
export type StoragePlace =
  | { readonly kind: "sqlite"; readonly database: string }
  | { readonly kind: "postgres"; readonly settings: PostgresSettings };

/** What a verification reads. */
export function sourceAt(place: StoragePlace): VerifierModule {
  return place.kind === "sqlite" ? sqliteSource(place.database) : postgresSource(place.settings);
}

/** The rows there, each checked against its MAC, over a connection of their own. */
export function storageAt(place: StoragePlace, stateKey: Uint8Array): Storage {
  if (place.kind === "sqlite") return new SqliteStorage(place.database, stateKey);
  const pool = createPool({ ...place.settings, maxConnections: 1 });
  return new PostgresStorage(new PoolReads(pool), stateKey);
}
