import koffi from "koffi";

type Trim = (keptBytes: number) => number;

/** Null where the C library is another one, which has its own way to do this. */
let trim: Trim | null | undefined;

/**
 * Gives the system what the C library holds without using it: a start that is over, or a thread that ended, leaves a third
 * of an agent's memory behind like this (malloc_trim(3)).
 */
export function giveBackFree(): void {
  trim ??= findTrim();
  trim?.(0);
}

function findTrim(): Trim | null {
  if (process.platform !== "linux") return null;
  try {
    return koffi.load(null).func("int malloc_trim(size_t kept)") as Trim;
  } catch {
    return null;
  }
}
