import { readFileSync } from "node:fs";
import type { Native } from "./native.ts";
import type { SandboxFeature } from "./report.ts";

/** RLIMIT_* of <asm-generic/resource.h>: the same on x64 and arm64. */
const limits = {
  /** A core file would hold what was judged. */
  core: [4, 0],
  /** No file may grow. */
  fileSize: [1, 0],
  /** Neither processes nor threads: those that are needed run by now. */
  processes: [6, 0],
  openFiles: [7, 64],
  queuedMessages: [12, 0],
} as const;

const RLIMIT_DATA = 2;
/** Processor time is not limited: this process lives as long as the agent, and each request has its deadline outside. */
export function limitResources(native: Native): SandboxFeature {
  const refused = Object.entries(limits).flatMap(([name, [resource, value]]) =>
    native.setrlimit(resource, [BigInt(value), BigInt(value)]) === 0 ? [] : [`${name}: ${native.lastError()}`],
  );
  if (refused.length > 0) return { name: "limits", state: "failed", detail: refused.join(", ") };
  const detail = Object.entries(limits).map(([name, [, value]]) => `${name} ${value}`);
  return { name: "limits", state: "on", detail: detail.join(", ") };
}

/**
 * Lets private memory grow by `bytes` over what it is now: SQLite then answers "out of memory". SQLite's own
 * `hard_heap_limit` does nothing where it was built without memory statistics, as Node's is.
 */
export function limitMemory(native: Native, bytes: number): SandboxFeature {
  const limit = BigInt(dataBytes() + bytes);
  if (native.setrlimit(RLIMIT_DATA, [limit, limit]) !== 0) {
    return { name: "memory", state: "failed", detail: native.lastError() };
  }
  return { name: "memory", state: "on", detail: `${bytes} bytes over what it started with` };
}

/** What RLIMIT_DATA counts: private memory that can be written to. */
function dataBytes(): number {
  const kilobytes = /^VmData:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1];
  if (kilobytes === undefined) throw new Error("The kernel does not say how much memory this process has.");
  return Number(kilobytes) * 1024;
}
