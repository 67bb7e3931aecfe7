import type { SignedHead } from "@holdfast/kernel/head";
import type { Table } from "../table.ts";
import type { CommitterEvent } from "./event.ts";
import type { Publish } from "./publisher.ts";
import type { TreeHead } from "../sqlite/recover.ts";
import type { QueueLimits } from "./submission-queue.ts";
import type { WriterOptions } from "../sqlite/writer.ts";
import type { StartWriter } from "../sqlite/writer-thread.ts";

/** What became durable, told before anyone can see the new position. */
export interface Committed {
  /** Footprint keys that were written, or may have been when a writer was lost. */
  readonly writes: readonly string[];
  readonly position: number;
}

export interface CommitterOptions {
  readonly path: string;
  readonly tables: readonly Table[];
  readonly origin: string;
  readonly signingSeed: Uint8Array;
  readonly stateKey: Uint8Array;
  readonly known?: readonly TreeHead[];
  readonly mustExist?: boolean;
  readonly onCommitted?: (committed: Committed) => void;
  readonly onEvent?: (event: CommitterEvent) => void;
  readonly publish?: readonly Publish[];
  readonly limits?: Partial<QueueLimits>;
}

/** What benchmarks and tests replace; configuration never reaches it. */
export interface CommitterDependencies {
  readonly startWriter?: StartWriter;
  readonly recordEntries?: boolean;
  readonly nowMs?: () => number;
  readonly restartDelayMs?: number;
  readonly checkpointDelayMs?: number;
}

/** A writer that opens again must find at least what was acknowledged. */
export function writerOptionsOf(
  { path, tables, origin, signingSeed, stateKey, known = [], mustExist = false }: CommitterOptions,
  head: SignedHead | undefined,
  recordEntries: boolean,
): WriterOptions {
  return {
    path,
    tables,
    origin,
    signingSeed,
    stateKey,
    known: head === undefined ? known : [...known, { size: head.size, root: head.root }],
    mustExist: mustExist || head !== undefined,
    recordEntries,
  };
}
