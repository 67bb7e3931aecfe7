import type { RunningVerification, Table } from "@holdfast/engine";
import type { SignedHead } from "@holdfast/kernel/head";
import type { Verification } from "@holdfast/spine/audit";
import { type Copied, copy, type CopySource, type CopyTarget, type TargetState } from "./copy.ts";

/** How far a move is: which of its steps, and of what it counts. */
export interface MoveProgress {
  readonly step: "verify the source" | "copy" | "verify the target";
  /** `entries`, or the table that is being copied. */
  readonly noun: string;
  readonly done: number;
  readonly size: number;
}

export type OnProgress = (progress: MoveProgress) => void;

export interface MoveParts {
  readonly source: CopySource;
  readonly target: CopyTarget;
  readonly tables: readonly Table[];
  /** Ledger and state of the source. */
  readonly verifySource: () => RunningVerification;
  /** Ledger and state of the target, which has to contain this head. */
  readonly verifyTarget: () => RunningVerification;
  readonly onProgress: OnProgress;
}

/** What came of a move. Where a verification is not ok, the move ended with it. */
export interface MoveReport {
  readonly ok: boolean;
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  /** What stood at the target when it began. */
  readonly found: TargetState;
  readonly source: Verification;
  readonly copied?: Copied;
  readonly target?: Verification;
}

/**
 * Verifies the source, copies it, verifies the copy, and only then lets servers start on it. Nothing is written when the
 * source does not hold or the target is not free; nothing of the source is changed in any case.
 */
export async function move(parts: MoveParts): Promise<MoveReport> {
  const { source, target, tables, onProgress } = parts;
  const { origin, size, root } = source.head;
  // Before the long work, so that a wrong target is refused at once.
  const found = await target.inspect(source.head);
  const before = await finished(parts.verifySource(), "verify the source", onProgress);
  const verdict = { origin, size, root, found, source: before };
  if (!holds(before, source.head)) return { ok: false, ...verdict };
  const { copied } = await copy(source, target, tables, (noun, done, all) => {
    onProgress({ step: "copy", noun, done, size: all });
  });
  const after = await finished(parts.verifyTarget(), "verify the target", onProgress);
  const isSame = holds(after, source.head);
  if (isSame) await target.publish();
  return { ok: isSame, ...verdict, copied, target: after };
}

/** All that is there was verified, and it is as much as the head says. */
function holds(verification: Verification, { size, root }: SignedHead): boolean {
  const isWhole = verification.size === size && verification.root === root;
  return verification.ok && verification.state?.ok === true && isWhole;
}

const POLL_MS = 100;

async function finished(
  verification: RunningVerification,
  step: MoveProgress["step"],
  onProgress: OnProgress,
): Promise<Verification> {
  const tell = (): void => {
    const { verified, size } = verification.progress;
    onProgress({ step, noun: "entries", done: verified, size });
  };
  const timer = setInterval(tell, POLL_MS);
  try {
    const { durationMs, ...verdict } = await verification.result;
    return { ...verdict, durationMs: Math.round(durationMs) };
  } finally {
    clearInterval(timer);
    // Its connections end with its thread.
    await verification.stop();
  }
}
