import koffi from "koffi";

/** Linux <sys/prctl.h> and <sys/resource.h>. */
const PR_SET_DUMPABLE = 4;
const RLIMIT_CORE = 4;

export interface Hardening {
  readonly isNonDumpable: boolean;
  readonly hasNoCoreFiles: boolean;
}

/**
 * No other process of this user may attach to this one, and no core file may hold its keys. Says what it
 * could not do: a hardening that failed is a reported state, not a silent pass.
 */
export function hardenProcess(): Hardening {
  if (process.platform !== "linux") return { isNonDumpable: false, hasNoCoreFiles: false };
  const libc = koffi.load("libc.so.6");
  const prctl = libc.func("int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)");
  const setrlimit = libc.func("int setrlimit(int resource, const uint64_t *limits)");
  return {
    isNonDumpable: prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) === 0,
    hasNoCoreFiles: setrlimit(RLIMIT_CORE, [0n, 0n]) === 0,
  };
}
