import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Memory of a process. PSS counts shared pages by their share; RSS, where PSS may not be read, counts them whole. */
export interface MemoryUse {
  readonly bytes: number;
  readonly measure: "pss" | "rss";
}

/** Memory of a process and all its descendants together. */
export interface TreeMemory {
  readonly bytes: number;
  /** `rss` when at least one process told no more; the sum is then too high rather than too low. */
  readonly measure: "pss" | "rss";
  readonly processes: number;
}

/** More descendants than an agent ever has: a fork bomb is somebody else's business. */
const MAX_PROCESSES = 256;

/** Memory of one process; undefined when it is gone, or nobody may see it. */
export function memoryOf(pid: number | "self", procFolder = "/proc"): MemoryUse | undefined {
  const pss = kilobytesOf(readOrNothing(join(procFolder, String(pid), "smaps_rollup")), "Pss");
  if (pss !== undefined) return { bytes: pss * 1_024, measure: "pss" };
  const rss = kilobytesOf(readOrNothing(join(procFolder, String(pid), "status")), "VmRSS");
  return rss === undefined ? undefined : { bytes: rss * 1_024, measure: "rss" };
}

/** Memory of a process and its descendants; of this process alone where there is no /proc. */
export function memoryOfTree(pid: number = process.pid, procFolder = "/proc"): TreeMemory {
  const uses = descendants(pid, procFolder).map((one) => memoryOf(one, procFolder));
  const known = uses.filter((use) => use !== undefined);
  if (uses[0] === undefined && pid === process.pid) {
    return { bytes: process.memoryUsage.rss(), measure: "rss", processes: 1 };
  }
  return {
    bytes: known.reduce((sum, use) => sum + use.bytes, 0),
    measure: known.every((use) => use.measure === "pss") ? "pss" : "rss",
    processes: known.length,
  };
}

/** The process itself and everything below it. */
function descendants(pid: number, procFolder: string): readonly number[] {
  const found = new Set([pid]);
  for (const parent of found) {
    for (const child of childrenOf(parent, procFolder)) {
      if (found.size < MAX_PROCESSES) found.add(child);
    }
  }
  return [...found];
}

/** Each thread lists the children that it started. */
function childrenOf(pid: number, procFolder: string): readonly number[] {
  const folder = join(procFolder, String(pid), "task");
  return threadsIn(folder).flatMap((thread) =>
    readOrNothing(join(folder, thread, "children"))
      .split(" ")
      .filter((text) => /^\d+$/.test(text))
      .map(Number),
  );
}

function threadsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function kilobytesOf(text: string, name: string): number | undefined {
  const digits = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** A process that ends while it is looked at has no memory any more. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
