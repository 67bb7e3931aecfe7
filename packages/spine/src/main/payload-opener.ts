import { SqliteStorage } from "@holdfast/engine";
import { createKeyring } from "../keyring/index.ts";

/** What the verifier's thread needs to open the payloads of a SQLite ledger. */
export interface PayloadOpenerData {
  readonly database: string;
  readonly rootKey: Uint8Array;
}

/** Loaded inside the verifier's thread (engine/ledger/verify-thread.ts), with keys of its own that end with it. */
export async function createPayloadOpener({ database, rootKey }: PayloadOpenerData) {
  const keyring = createKeyring({ rootKey, suite: 1 });
  return keyring.payloadOpener(new SqliteStorage(database, keyring.subkeys.stateMac));
}
