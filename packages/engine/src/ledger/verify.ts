import { fromHex } from "@holdfast/kernel/bytes";
import { KernelError } from "@holdfast/kernel/errors";
import type { TreeHead } from "../committer/recovery.ts";
import type { Snapshot } from "./snapshot.ts";
import { type BadEntry, type LedgerIdentity, type LedgerVerdict, verifyLedger } from "./verify-ledger.ts";
import { type StateOptions, StateVerifier, type StateVerdict } from "./verify-state.ts";

export interface VerifyOptions {
  readonly identity: LedgerIdentity;
  /** Heads and checkpoints known from elsewhere. */
  readonly known: readonly TreeHead[];
  /** Compares the rows with the entries as well; the snapshot has to be frozen for that. */
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

/** Verifies a database; the snapshot stays open. */
export async function verify(snapshot: Snapshot, options: VerifyOptions): Promise<Verification> {
  const startedAt = performance.now();
  const { ledger, state } = await verdicts(snapshot, options);
  const ok = ledger.firstBad === undefined && state?.ok !== false;
  return { ok, ...ledger, ...(state && { state }), durationMs: performance.now() - startedAt };
}

interface Verdicts {
  readonly ledger: LedgerVerdict;
  readonly state: StateVerdict | undefined;
}

async function verdicts(snapshot: Snapshot, options: VerifyOptions): Promise<Verdicts> {
  const state = options.state && new StateVerifier(snapshot, options.state);
  const known = options.known.map(({ size, root }) => ({ size, root: fromHex(root) }));
  let verified = 0;
  const progress = (count: number, size: number): void => {
    verified = count;
    options.onProgress?.(count, size);
  };
  try {
    const take = state && state.take.bind(state);
    const ledger = await verifyLedger(snapshot, options.identity, known, take, progress);
    // Entries that do not hold explain nothing.
    if (ledger.firstBad !== undefined) return { ledger, state: undefined };
    const isDamaged = (await snapshot.damage()) !== undefined;
    if (isDamaged) return { ledger: damagedAfter(verified, ledger.root), state: undefined };
    return { ledger, state: await state?.finish() };
  } catch (error) {
    // Bytes that are no entry, or tiles that are too short, are damage on any back end.
    if (!(error instanceof KernelError) && !snapshot.isDamage(error)) throw error;
    return { ledger: damagedAfter(verified, ""), state: undefined };
  }
}

const damagedAfter = (verified: number, root: string): LedgerVerdict => ({
  size: verified,
  root,
  firstBad: { seq: verified, reason: "database_damaged" },
});
