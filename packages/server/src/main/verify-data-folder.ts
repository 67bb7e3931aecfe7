import type { TreeHead } from "@holdfast/engine";
import { createKeyring } from "../keyring/index.ts";
import type { Verification } from "../audit/index.ts";
import { dataFolderAt } from "./data-folder.ts";
import { readIdentity } from "./open-sqlite-ledger.ts";
import { readRootKey } from "./root-key.ts";
import { startVerify } from "./verify.ts";

export interface VerifyDataFolderOptions {
  readonly dataDir: string;
  /** Compares every row with the ledger as well. */
  readonly state: boolean;
  /** The head that the caller has seen of this ledger. */
  readonly known?: { readonly head: TreeHead } | undefined;
}

/** Verifies a data folder without starting a server on it; nothing is written. */
export async function verifyDataFolder({ dataDir, state, known }: VerifyDataFolderOptions): Promise<Verification> {
  const folder = dataFolderAt(dataDir);
  const rootKey = readRootKey(folder.rootKey);
  const identity = await readIdentity(folder, createKeyring({ rootKey, suite: 1 }));
  const ledger = { ...identity, known: known === undefined ? [] : [{ size: known.head.size, root: known.head.root }] };
  const place = { kind: "sqlite", database: folder.database } as const;
  const { durationMs, ...verification } = await startVerify(ledger, place, rootKey, state).result;
  return { ...verification, durationMs: Math.round(durationMs) };
}
