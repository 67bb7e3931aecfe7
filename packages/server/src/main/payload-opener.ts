import { createPool, PoolReads, type PostgresSettings, PostgresStorage } from "@holdfast/postgres";
import { createKeyring } from "@holdfast/spine/keyring";

/** What the verifier's thread needs to open the payloads of a ledger in PostgreSQL. */
export interface PayloadOpenerData {
  readonly settings: PostgresSettings;
  readonly rootKey: Uint8Array;
}

/** Loaded inside the verifier's thread (engine/ledger/verify-thread.ts), with keys and a connection that end with it. */
export async function createPayloadOpener({ settings, rootKey }: PayloadOpenerData) {
  const keyring = createKeyring({ rootKey, suite: 1 });
  const pool = createPool({ ...settings, maxConnections: 1 });
  return keyring.payloadOpener(new PostgresStorage(new PoolReads(pool), keyring.subkeys.stateMac));
}
