import type { Bench } from "../measure/bench.ts";
import { fill } from "./fill.ts";
import { copyFolder, type Folder, folderIn } from "./folder.ts";

/** Keys that loads read and write, present in every folder. */
export const keys = 500;

const sizes = [1_000, 100_000, 1_000_000] as const;
const quickSizes = [1_000, 5_000, 20_000] as const;
const filled = new Map<number, Promise<Folder>>();

/** Sizes of ledger, in entries, whose figures are compared. */
export function ledgerSizes({ isQuick }: Bench): readonly [number, number, number] {
  return isQuick ? quickSizes : sizes;
}

export function largestLedger(bench: Bench): number {
  return ledgerSizes(bench)[2];
}

/** A data folder whose ledger has this many entries, made once a run; copy it before something is to grow it. */
export function filledFolder(bench: Bench, entries: number): Promise<Folder> {
  const known = filled.get(entries);
  if (known !== undefined) return known;
  const making = make(bench, entries);
  filled.set(entries, making);
  return making;
}

async function make(bench: Bench, entries: number): Promise<Folder> {
  const smaller = ledgerSizes(bench).findLast((size) => size < entries);
  const name = `filled-${entries}`;
  const folder =
    smaller === undefined
      ? folderIn(bench.folder, name)
      : copyFolder(await filledFolder(bench, smaller), bench.folder, name);
  const startedAt = performance.now();
  await fill(folder, keys, entries);
  bench.say(`filled a ledger of ${entries} entries in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return folder;
}
