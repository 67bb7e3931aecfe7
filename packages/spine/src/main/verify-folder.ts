import type { TreeHead } from "@holdfast/engine";
import type { Verification } from "../audit/index.ts";
import { createKeyring } from "../keyring/index.ts";
import { readIdentity, type SqliteLedger } from "./open-sqlite-ledger.ts";
import { sqliteVerified, startVerify } from "./verify.ts";

export interface FolderVerification {
  readonly place: SqliteLedger;
  readonly rootKey: Uint8Array;
  /** Compares every row with the ledger as well. */
  readonly state: boolean;
  /** The head that the caller has seen of this ledger. */
  readonly known: TreeHead | undefined;
}

/** Verifies the ledger in a data folder without starting anything on it; nothing is written. */
export async function verifyFolder({ place, rootKey, state, known }: FolderVerification): Promise<Verification> {
  const identity = await readIdentity(place, createKeyring({ rootKey, suite: 1 }));
  const ledger = { ...identity, known: known === undefined ? [] : [{ size: known.size, root: known.root }] };
  const verified = sqliteVerified(place.folder.database, place.tables);
  const { durationMs, ...verification } = await startVerify(ledger, verified, rootKey, state).result;
  return { ...verification, durationMs: Math.round(durationMs) };
}
