import { SqliteStorage, sqliteSource, type Storage, type VerifierModule } from "@holdfast/engine";

/** Which database holds the ledger and the rows; it can be cloned into a thread. */
export interface StoragePlace {
  readonly kind: "sqlite";
  readonly database: string;
}

/** What a verification reads. */
export const sourceAt = ({ database }: StoragePlace): VerifierModule => sqliteSource(database);

/** The rows there, each checked against its MAC, over a connection of their own. */
export const storageAt = ({ database }: StoragePlace, stateKey: Uint8Array): Storage =>
  new SqliteStorage(database, stateKey);
