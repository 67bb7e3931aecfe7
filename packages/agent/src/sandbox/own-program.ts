import { readFileSync } from "node:fs";

/** <asm-generic/mman-common.h>; the same on x86-64 and arm64. */
const MADV_DONTNEED = 4;
const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) r-.p \S+ \S+ \S+ +(\/.*)\n((?:\w+:.*\n)+)/gm;
/** What was written to and lies in swap is in none of the other counts, and would come back as the file has it. */
const IS_AS_IN_THE_FILE = /^Private_Dirty: +0 kB\n(?:\w+:.*\n)*?Anonymous: +0 kB\n(?:\w+:.*\n)*?Swap: +0 kB$/m;

/** madvise(2). */
export type Advise = (address: bigint, bytes: bigint, advice: number) => number;

/**
 * Lets go of what this process has read of the program file of Node, 30 MB of it to start: the working set remains, for what
 * is needed again comes back from the page cache. Nothing that can be written to, or ever was, is touched.
 */
export function letGoOfProgram(advise: Advise): void {
  for (const { address, bytes } of unchangedMappings(ownMappings(), process.execPath)) {
    advise(address, bytes, MADV_DONTNEED);
  }
}

/** A part of a process's memory. */
export interface Mapping {
  readonly address: bigint;
  readonly bytes: bigint;
}

/** Mappings of a file, in the text of /proc/<pid>/smaps (proc_pid_smaps(5)), that are nothing but what the file has. */
export function unchangedMappings(text: string, file: string): readonly Mapping[] {
  return [...text.matchAll(MAPPING)].flatMap(([, start, end, path, counts]) => {
    if (path !== file || !IS_AS_IN_THE_FILE.test(counts!)) return [];
    const address = BigInt(`0x${start}`);
    return [{ address, bytes: BigInt(`0x${end}`) - address }];
  });
}

function ownMappings(): string {
  try {
    return readFileSync("/proc/self/smaps", "latin1");
  } catch {
    return "";
  }
}
