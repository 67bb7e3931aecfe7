import { createKeyring } from "../keyring/index.ts";
import { type StoragePlace, storageAt } from "./storage-place.ts";

/** What the verifier's thread needs to open payloads. */
export interface PayloadOpenerData {
  readonly storage: StoragePlace;
  readonly rootKey: Uint8Array;
}

/** Loaded inside the verifier's thread (engine/ledger/verify-thread.ts), with keys of its own that end with it. */
export async function createPayloadOpener({ storage, rootKey }: PayloadOpenerData) {
  const keyring = createKeyring({ rootKey, suite: 1 });
  return keyring.payloadOpener(storageAt(storage, keyring.subkeys.stateMac));
}
