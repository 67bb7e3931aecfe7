import { Refusal, StorageFault } from "@holdfast/engine";
import { type RawRow, verifyRow } from "@holdfast/engine/back-end";
import { signerFromSeed } from "@holdfast/engine/crypto";
import { type Keyring, serverKeysTable } from "@holdfast/spine/keyring";
import { StartFailure } from "@holdfast/runtime";
import type { CopySource } from "./copy.ts";
import { relationOf } from "./relation.ts";

/** Name of the row that holds the key that signs the ledger. */
const LEDGER_KEY = "ledger";

/** Name and public key of a source's ledger, by the key that it holds and the root key opens. */
export async function identityOf(
  source: CopySource,
  keyring: Keyring,
): Promise<{ readonly origin: string; readonly publicKey: Uint8Array }> {
  const rows = await source.read(relationOf(serverKeysTable), undefined);
  const raw = rows.find(({ name }) => name === LEDGER_KEY);
  if (raw === undefined) {
    throw new StorageFault("database_damaged", `The database holds no key named ${LEDGER_KEY}.`);
  }
  return { origin: source.head.origin, publicKey: signerFromSeed(opened(raw, keyring)).publicKey };
}

function opened(raw: RawRow, keyring: Keyring): Uint8Array {
  try {
    return keyring.serverKeys.open(verifyRow(keyring.subkeys.stateMac, serverKeysTable, raw));
  } catch (cause) {
    const isMismatch = cause instanceof Refusal || (cause instanceof StorageFault && cause.code === "state_tampered");
    if (!isMismatch) throw cause;
    throw new StartFailure(
      "root_key",
      "The root key does not open this database.",
      "Use the root key that the data was made with, and the data that belongs to it.",
      cause,
    );
  }
}
