import { readFileSync } from "node:fs";
import { familyOf } from "./processor-time.ts";

/** Memory of a process and of all that it has started, in bytes. */
export interface FamilyMemory {
  readonly bytes: number;
  /** Of the process itself. */
  readonly ownBytes: number;
  /** Pages that several processes share are counted in parts where that can be seen, and whole for each elsewhere. */
  readonly isProportional: boolean;
}

/** What a process and its family hold now; throws when it has ended. */
export function memoryOfFamily(pid: number): FamilyMemory {
  const [own, ...others] = familyOf(pid).map(memoryOf);
  if (own === undefined) throw new Error(`the process ${pid} has ended before its time`);
  const all = [own, ...others.filter((one) => one !== undefined)];
  return {
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    ownBytes: own.bytes,
    isProportional: all.every(({ isProportional }) => isProportional),
  };
}

/**
 * What the family would hold where nobody else runs the same files, Node.js above all: each page of a file once, as far as
 * the largest part that one member has of it, and everything else as it is. Undefined where that cannot be seen.
 */
export function memoryAlone(pid: number): number | undefined {
  let anonymous = 0;
  const ofFiles = new Map<string, number>();
  try {
    for (const mapping of familyOf(pid).flatMap(mappingsOf)) {
      anonymous += mapping.anonymousBytes;
      ofFiles.set(mapping.part, Math.max(ofFiles.get(mapping.part) ?? 0, mapping.fileBytes));
    }
  } catch {
    return undefined;
  }
  return [...ofFiles.values()].reduce((sum, bytes) => sum + bytes, anonymous);
}

interface Mapping {
  /** File and offset. */
  readonly part: string;
  readonly fileBytes: number;
  readonly anonymousBytes: number;
}

/** Mappings of a process as smaps lists them (proc_pid_smaps(5)). */
function mappingsOf(pid: number): readonly Mapping[] {
  const blocks = readFileSync(`/proc/${pid}/smaps`, "latin1").split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/);
  return blocks.map((block) => {
    const [, offset = "", path = ""] = /^\S+ \S+ (\S+) \S+ \d+ *(.*)$/m.exec(block) ?? [];
    const bytesOf = (label: RegExp) => Number(label.exec(block)?.[1] ?? 0) * 1024;
    const anonymousBytes = bytesOf(/^Anonymous:\s+(\d+) kB$/m);
    return { part: `${path} ${offset}`, fileBytes: bytesOf(/^Rss:\s+(\d+) kB$/m) - anonymousBytes, anonymousBytes };
  });
}

/** Undefined when it has ended. Whoever hides from others is seen by root alone, and its whole size by everybody. */
function memoryOf(pid: number): { readonly bytes: number; readonly isProportional: boolean } | undefined {
  const proportional = kilobytesIn(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB$/m);
  if (proportional !== undefined) return { bytes: proportional * 1024, isProportional: true };
  const whole = kilobytesIn(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB$/m);
  return whole === undefined ? undefined : { bytes: whole * 1024, isProportional: false };
}

function kilobytesIn(path: string, label: RegExp): number | undefined {
  try {
    const found = label.exec(readFileSync(path, "latin1"))?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}
