import {
  type RunningVerification,
  sqliteSource,
  startVerification,
  type Table,
  type TreeHead,
  type VerifierModule,
  type VerifierOptions,
} from "@holdfast/engine";
import type { Verification, Verify } from "../audit/index.ts";
import { createKeyring } from "../keyring/index.ts";

const OPENER = new URL("payload-opener.ts", import.meta.url).href;

/** What a verification reads, in a thread of its own: everything here can be cloned into one. */
export interface VerifiedPlace {
  readonly source: VerifierModule;
  /** Module with `createPayloadOpener`, which is given this and the root key. */
  readonly opener: { readonly module: string; readonly data: object };
  readonly tables: readonly Table[];
}

/** A database in a data folder, as a verification reads it. */
export const sqliteVerified = (database: string, tables: readonly Table[]): VerifiedPlace => ({
  source: sqliteSource(database),
  opener: { module: OPENER, data: { database } },
  tables,
});

/** Which ledger is verified, with what is known of it from outside the database. */
export interface VerifiedLedger {
  readonly origin: string;
  readonly publicKey: Uint8Array;
  readonly known: readonly TreeHead[];
}

/** Starts a verification of the ledger, and with `state` of every row against it, in a thread of its own. */
export function startVerify(
  ledger: VerifiedLedger,
  { source, opener, tables }: VerifiedPlace,
  rootKey: Uint8Array,
  withState: boolean,
): RunningVerification {
  const options: VerifierOptions = {
    source,
    identity: { origin: ledger.origin, publicKey: ledger.publicKey },
    known: ledger.known,
  };
  const state = {
    tables,
    stateKey: createKeyring({ rootKey, suite: 1 }).subkeys.stateMac,
    erasureActions: [],
    opener: { module: opener.module, data: { ...opener.data, rootKey } },
  };
  return startVerification(withState ? { ...options, state } : options);
}

/** One verification at a time is enough for everyone who asks meanwhile; it reads the whole database. */
export function createVerify(ledger: VerifiedLedger, place: VerifiedPlace, rootKey: Uint8Array): Verify {
  const running = new Map<boolean, RunningVerification>();
  return async ({ state }): Promise<Verification> => {
    const current = running.get(state) ?? startVerify(ledger, place, rootKey, state);
    running.set(state, current);
    try {
      const verification = await current.result;
      return { ...verification, durationMs: Math.round(verification.durationMs) };
    } finally {
      running.delete(state);
    }
  };
}
