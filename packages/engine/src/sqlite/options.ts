import type { SignedHead } from "@holdfast/kernel/head";
import type { GroupDependencies, GroupOptions } from "../committer/options.ts";
import type { TreeHead } from "../committer/recovery.ts";
import type { Table } from "../table.ts";
import type { WriterOptions } from "./writer.ts";
import type { StartWriter } from "./writer-thread.ts";

export interface CommitterOptions extends Omit<GroupOptions, "isOnDuty"> {
  readonly path: string;
  readonly tables: readonly Table[];
  readonly origin: string;
  readonly signingSeed: Uint8Array;
  readonly stateKey: Uint8Array;
  readonly known?: readonly TreeHead[];
  readonly mustExist?: boolean;
}

/** What benchmarks and tests replace; configuration never reaches it. */
export interface CommitterDependencies extends GroupDependencies {
  readonly startWriter?: StartWriter;
  readonly recordEntries?: boolean;
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
