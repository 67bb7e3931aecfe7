import type { ProcFiles } from "../proc/proc-files.ts";

/** Looks in a row at which a process that rests is not asked about itself. */
const MAX_RESTS = 4;
/** What the kernel prints when it does not count. */
const NOT_COUNTED = "0 0 0\n";

/** How a process was when it was looked at last. */
export interface Sighting {
  /** Of the file that it executes; see {@link ProcFiles.imageMark}. */
  image: string;
  /** How long it has run, has waited, and how often: to the nanosecond; empty when not known. */
  run: string;
  /** Looks since it was asked about everything. */
  rests: number;
}

export const unseen: Readonly<Sighting> = { image: "", run: "", rests: 0 };

/**
 * Whether the process has not run since the last look: what only it can change of itself, its users, arguments and folders,
 * is as it was. That is so for a process of one thread, which alone is counted in its `schedstat`
 * (Documentation/scheduler/sched-stats.rst); what it shares with another one (CLONE_VM, CLONE_FS) that one could change, so
 * that now and then it is asked all the same.
 */
export function rests(files: ProcFiles, folder: number, threads: number, sighting: Sighting): boolean {
  const run = threads === 1 ? runOf(files, folder) : "";
  const isSame = run !== "" && run === sighting.run;
  sighting.run = run;
  sighting.rests = isSame && sighting.rests < MAX_RESTS ? sighting.rests + 1 : 0;
  return sighting.rests > 0;
}

function runOf(files: ProcFiles, folder: number): string {
  const length = files.read(folder, "schedstat");
  const text = length <= 0 ? "" : files.buffer.toString("latin1", 0, length);
  return text === NOT_COUNTED ? "" : text;
}
