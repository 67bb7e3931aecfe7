import { connect, type PostgresSettings } from "@holdfast/postgres";
import type { SignedHead } from "@holdfast/kernel/head";
import type { Verification } from "@holdfast/spine/audit";
import { createKeyring, type Keyring } from "@holdfast/spine/keyring";
import { checkpointPlaces, startVerify } from "@holdfast/spine";
import { verifiedAt } from "../storage-place.ts";
import type { Environment } from "@holdfast/runtime";
import { explained } from "./explained.ts";
import { identityOf } from "./identity.ts";
import { installationOf, rootKeyOf } from "./installation.ts";
import { readPostgres } from "./postgres-source.ts";

export interface VerifyStorageOptions {
  /** Settings, as a node takes them: storage, root key, data folder. */
  readonly env: Environment;
  /** Compares every row with the ledger as well. */
  readonly state: boolean;
  /** A head that the caller has seen of some ledger; it counts when it is of this one. */
  readonly known?: { readonly head: SignedHead } | undefined;
}

/** Verifies the database that HOLDFAST_STORAGE_URL names without a node; nothing is written, and nodes may go on. */
export async function verifyStorage({ env, state, known }: VerifyStorageOptions): Promise<Verification> {
  const installation = installationOf(env);
  const { configuration, settings, folder } = installation;
  return explained(settings, folder.database, async () => {
    const rootKey = rootKeyOf(installation);
    const identity = await readIdentity(settings, createKeyring({ rootKey, suite: 1 }));
    const places = checkpointPlaces(folder.checkpoint, configuration.checkpointDir, identity);
    const seen = known?.head.origin === identity.origin ? [known.head] : [];
    const heads = [...places.known, ...seen.map(({ size, root }) => ({ size, root }))];
    const place = verifiedAt({ kind: "postgres", settings });
    const { durationMs, ...verdict } = await startVerify({ ...identity, known: heads }, place, rootKey, state).result;
    return { ...verdict, durationMs: Math.round(durationMs) };
  });
}

async function readIdentity(settings: PostgresSettings, keyring: Keyring) {
  const database = await connect(settings, "snapshot");
  try {
    return await identityOf(await readPostgres(database), keyring);
  } finally {
    await database.end();
  }
}
