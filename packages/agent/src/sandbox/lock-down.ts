import { readdirSync, readlinkSync } from "node:fs";
import { restrictPaths } from "./landlock.ts";
import { limitMemory, limitResources } from "./limits.ts";
import type { Native } from "./native.ts";
import { becomeUser, dieWithParent, judgeCapabilities, refuseTracing, type User } from "./privileges.ts";
import type { FeatureName, SandboxFeature } from "./report.ts";
import { filterSystemCalls } from "./seccomp.ts";

export interface LockDown {
  readonly user: User | undefined;
  /** Memory that may be taken on top of what is taken now. */
  readonly memoryBytes: number;
  /** Whether this Node interprets only, so that no memory has to become code. */
  readonly isInterpreted: boolean;
  /** Lines that are switched off. */
  readonly without: readonly string[];
}

/**
 * Second half of locking down, once everything that is needed is open: from here on this process computes, reads files
 * that are open, and answers. Each step needs something that a later one takes away.
 */
export function lockDown(native: Native, { user, memoryBytes, isInterpreted, without }: LockDown): SandboxFeature[] {
  const line = (name: FeatureName, draw: () => SandboxFeature): SandboxFeature =>
    without.includes(name) ? { name, state: "unavailable", detail: "switched off" } : draw();
  // Another user may not list them any more.
  const protectedDescriptors = openFiles();
  const features = [line("own_user", () => becomeUser(user))];
  dieWithParent(native);
  features.push(
    line("not_traceable", () => refuseTracing(native)),
    line("capabilities", judgeCapabilities),
    line("memory", () => limitMemory(native, memoryBytes)),
    line("limits", () => limitResources(native)),
  );
  // A second layer on the thread that runs queries: not even what was needed to start can be opened any more.
  if (!without.includes("landlock")) restrictPaths(native, []);
  const filter = { ownPid: process.pid, protectedDescriptors, mayExecuteMemory: !isInterpreted };
  const seccomp = line("seccomp", () => filterSystemCalls(native, filter));
  return [...features, seccomp, executableMemory(seccomp, isInterpreted)];
}

function executableMemory(seccomp: SandboxFeature, isInterpreted: boolean): SandboxFeature {
  const name = "no_executable_memory";
  if (!isInterpreted) return { name, state: "unavailable", detail: "this Node compiles code while it runs" };
  const detail = seccomp.state === "on" ? "refused by the filter; V8 interprets" : "the filter that refuses it is off";
  return { name, state: seccomp.state === "on" ? "on" : "unavailable", detail };
}

/** Descriptors of files on a disk. Pipes, and what wakes threads, are not among them. */
function openFiles(): number[] {
  return readdirSync("/proc/self/fd").flatMap((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`).startsWith("/") ? [Number(name)] : [];
    } catch {
      // The one by which the folder was read.
      return [];
    }
  });
}
