import koffi from "koffi";
import { type Advise, letGoOfProgram } from "../sandbox/index.ts";

type Trim = (keptBytes: number) => number;

/**
 * Gives the system what the C library holds without using it: a start that is over, or a thread that ended, leaves a third
 * of an agent's memory behind like this (malloc_trim(3)).
 */
export function giveBackFree(): void {
  call<Trim>("int malloc_trim(size_t kept)")?.(0);
}

/** Lets go of what of Node itself only a start needs. */
export function giveBackProgram(): void {
  const advise = call<Advise>("int madvise(uintptr_t address, size_t length, int advice)");
  if (advise !== undefined) letGoOfProgram(advise);
}

const known = new Map<string, unknown>();

/** Undefined where the C library is another one, which has its own way to do this. */
function call<T>(prototype: string): T | undefined {
  if (process.platform !== "linux") return undefined;
  if (!known.has(prototype)) known.set(prototype, find(prototype));
  return known.get(prototype) as T | undefined;
}

function find(prototype: string): unknown {
  try {
    return koffi.load(null).func(prototype);
  } catch {
    return undefined;
  }
}
