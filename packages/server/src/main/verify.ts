import { type RunningVerification, startVerification, type TreeHead, type VerifierOptions } from "@holdfast/engine";
import type { Verification, Verify } from "../audit/index.ts";
import { createKeyring } from "../keyring/index.ts";
import type { PayloadOpenerData } from "./payload-opener.ts";
import { sourceAt, type StoragePlace } from "./storage-place.ts";
import { tables } from "./tables.ts";

const OPENER = new URL("payload-opener.ts", import.meta.url).href;

/** Which ledger is verified, with what is known of it from outside the database. */
export interface VerifiedLedger {
  readonly origin: string;
  readonly publicKey: Uint8Array;
  readonly known: readonly TreeHead[];
}

/** Starts a verification of the ledger, and with `state` of every row against it, in a thread of its own. */
export function startVerify(
  ledger: VerifiedLedger,
  place: StoragePlace,
  rootKey: Uint8Array,
  withState: boolean,
): RunningVerification {
  const data: PayloadOpenerData = { storage: place, rootKey };
  const options: VerifierOptions = {
    source: sourceAt(place),
    identity: { origin: ledger.origin, publicKey: ledger.publicKey },
    known: ledger.known,
  };
  const state = {
    tables,
    stateKey: createKeyring({ rootKey, suite: 1 }).subkeys.stateMac,
    erasureActions: [],
    opener: { module: OPENER, data },
  };
  return startVerification(withState ? { ...options, state } : options);
}

/** One verification at a time is enough for everyone who asks meanwhile; it reads the whole database. */
export function createVerify(ledger: VerifiedLedger, place: StoragePlace, rootKey: Uint8Array): Verify {
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
