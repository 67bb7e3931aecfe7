import type { DatabaseSync } from "node:sqlite";
import { fromHex } from "@holdfast/kernel/bytes";
import { isDamage } from "../sqlite/connection.ts";
import { LedgerStore } from "../sqlite/ledger-store.ts";
import { type BadEntry, type LedgerIdentity, type LedgerVerdict, verifyLedger } from "./verify-ledger.ts";
import { type StateOptions, StateVerifier, type StateVerdict } from "./verify-state.ts";
import type { TreeHead } from "../committer/recovery.ts";

export interface VerifyOptions {
  readonly identity: LedgerIdentity;
  /** Heads and checkpoints known from elsewhere. */
  readonly known: readonly TreeHead[];
  /** Compares the rows with the entries as well. */
  readonly state?: StateOptions;
  readonly onProgress?: (verified: number, size: number) => void;
}

export interface Verification {
  readonly ok: boolean;
  readonly size: number;
  readonly root: string;
  readonly firstBad?: BadEntry;
  readonly state?: StateVerdict;
  readonly durationMs: number;
}

/** Verifies a database over a connection of its own. */
export async function verify(database: DatabaseSync, options: VerifyOptions): Promise<Verification> {
  const startedAt = performance.now();
  // With the state, one snapshot for all: rows go on changing. Entries alone only ever grow.
  if (options.state !== undefined) database.exec("BEGIN");
  try {
    const { ledger, state } = await verdicts(database, options);
    const ok = ledger.firstBad === undefined && state?.ok !== false;
    return { ok, ...ledger, ...(state && { state }), durationMs: performance.now() - startedAt };
  } finally {
    if (options.state !== undefined) database.exec("ROLLBACK");
  }
}

interface Verdicts {
  readonly ledger: LedgerVerdict;
  readonly state: StateVerdict | undefined;
}

async function verdicts(database: DatabaseSync, options: VerifyOptions): Promise<Verdicts> {
  const store = new LedgerStore(database);
  const state = options.state && new StateVerifier(database, store, options.state);
  const known = options.known.map(({ size, root }) => ({ size, root: fromHex(root) }));
  let verified = 0;
  const progress = (count: number, size: number): void => {
    verified = count;
    options.onProgress?.(count, size);
  };
  try {
    const take = state && state.take.bind(state);
    const ledger = await verifyLedger(store, options.identity, known, take, progress);
    // Entries that do not hold explain nothing.
    if (ledger.firstBad !== undefined) return { ledger, state: undefined };
    const intact = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"] === "ok";
    if (!intact) return { ledger: damagedAfter(verified, ledger.root), state: undefined };
    return { ledger, state: await state?.finish() };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return { ledger: damagedAfter(verified, ""), state: undefined };
  }
}

const damagedAfter = (verified: number, root: string): LedgerVerdict => ({
  size: verified,
  root,
  firstBad: { seq: verified, reason: "database_damaged" },
});
