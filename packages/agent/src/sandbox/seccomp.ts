import type { Native } from "./native.ts";
import type { SandboxFeature } from "./report.ts";
import { assemble } from "./bpf.ts";
import { type FilterOptions, filterProgram } from "./system-call-filter.ts";
import { ownArchitecture, systemCallNumber } from "./system-calls.ts";

/** <linux/seccomp.h>. */
const SECCOMP_SET_MODE_FILTER = 1;
/** Every thread of the process at once: those of V8 too. */
const SECCOMP_FILTER_FLAG_TSYNC = 1;

/** Puts the filter on all threads of this process; nothing takes it off again. */
export function filterSystemCalls(native: Native, options: Omit<FilterOptions, "architecture">): SandboxFeature {
  const architecture = ownArchitecture();
  const number = architecture && systemCallNumber("seccomp", architecture);
  if (architecture === undefined || number === undefined) {
    return { name: "seccomp", state: "unavailable", detail: `no system call numbers for ${process.arch}` };
  }
  const program = filterProgram({ ...options, architecture });
  const result = install(native, number, assemble(program), program.length);
  if (result === 0) return { name: "seccomp", state: "on", detail: `all threads, ${program.length} instructions` };
  const detail = result > 0 ? `thread ${result} cannot take the filter` : native.lastError();
  return { name: "seccomp", state: ["ENOSYS", "EINVAL"].includes(detail) ? "unavailable" : "failed", detail };
}

/** `struct sock_fprog`: a length, and where the instructions are. */
function install(native: Native, number: number, program: Buffer, instructions: number): number {
  const described = Buffer.alloc(16);
  described.writeUInt16LE(instructions, 0);
  described.writeBigUInt64LE(native.keep(program), 8);
  return native.withNumbersAndBytes(number, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, described, 0);
}
