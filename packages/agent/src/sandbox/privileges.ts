import { readdirSync, readFileSync } from "node:fs";
import type { Native } from "./native.ts";
import type { SandboxFeature } from "./report.ts";

/** <linux/prctl.h>. */
const PR_SET_PDEATHSIG = 1;
const PR_SET_DUMPABLE = 4;
const PR_CAPBSET_DROP = 24;
const PR_SET_NO_NEW_PRIVS = 38;
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_CLEAR_ALL = 4;
const SIGKILL = 9;
/** <linux/capability.h>. */
const LAST_CAPABILITY = 63;
const CAP_DAC_READ_SEARCH = 2;
const CAP_SETGID = 6;
const CAP_SETUID = 7;
const CAPABILITY_VERSION = 0x2008_0522;

/** Identity that a process takes when root started it. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** From here on nothing that is executed gains rights by set-user-ID or file capabilities. */
export function refuseNewPrivileges(native: Native): SandboxFeature {
  const isSet = native.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) === 0;
  const detail = isSet ? "set before the executor's own code runs" : native.lastError();
  return { name: "no_new_privileges", state: isSet ? "on" : "failed", detail };
}

/**
 * Before exec: what follows inherits no capability, and as root gets no more than it needs to open its files (other
 * users' folders on the way are read past) and to become another user. Capabilities belong to a thread: given up inside a
 * running Node they would stay with its other threads.
 */
export function dropCapabilitiesAtExec(native: Native, willBecomeAnother: boolean): void {
  native.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  clearInheritable(native);
  const kept = willBecomeAnother ? [CAP_DAC_READ_SEARCH, CAP_SETGID, CAP_SETUID] : [];
  for (let capability = 0; capability <= LAST_CAPABILITY; capability++) {
    if (!kept.includes(capability)) native.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
}

function clearInheritable(native: Native): void {
  const { effective, permitted } = capabilitiesOf("/proc/thread-self/status");
  const low = (set: bigint): number => Number(set & 0xffff_ffffn);
  const high = (set: bigint): number => Number(set >> 32n);
  const data = [low(effective), low(permitted), 0, high(effective), high(permitted), 0];
  native.capset(new Uint32Array([CAPABILITY_VERSION, 0]), new Uint32Array(data));
}

/**
 * Becomes a user who owns nothing. It happens after the database was opened, not at spawn: the event store then stays
 * readable for root alone, and no group, list or copy of it has to be kept in step. The C library does it on all threads.
 */
export function becomeUser(user: User | undefined): SandboxFeature {
  const own = process.getuid?.();
  if (own !== 0)
    return { name: "own_user", state: "unavailable", detail: `only root can; this is uid ${own ?? "unknown"}` };
  if (user === undefined) return { name: "own_user", state: "unavailable", detail: "switched off" };
  try {
    process.setgroups?.([]);
    process.setgid?.(user.gid);
    process.setuid?.(user.uid);
    return { name: "own_user", state: "on", detail: `uid ${user.uid}, gid ${user.gid}` };
  } catch (error) {
    return { name: "own_user", state: "failed", detail: error instanceof Error ? error.message : String(error) };
  }
}

/** Looks at every thread: none may hold a capability, nor be able to get one back. */
export function judgeCapabilities(): SandboxFeature {
  const threads = readdirSync("/proc/self/task");
  const holding = threads.filter((thread) => {
    const { effective, permitted, inheritable, ambient } = capabilitiesOf(`/proc/self/task/${thread}/status`);
    return (effective | permitted | inheritable | ambient) !== 0n;
  });
  if (holding.length === 0) return { name: "capabilities", state: "on", detail: `none on ${threads.length} threads` };
  return { name: "capabilities", state: "failed", detail: `held by ${holding.length} of ${threads.length} threads` };
}

interface Capabilities {
  readonly effective: bigint;
  readonly permitted: bigint;
  readonly inheritable: bigint;
  readonly ambient: bigint;
}

function capabilitiesOf(path: string): Capabilities {
  const status = readFileSync(path, "latin1");
  const set = (name: string): bigint =>
    BigInt(`0x${new RegExp(`^${name}:\\s+([0-9a-f]+)$`, "m").exec(status)?.[1] ?? "0"}`);
  return { effective: set("CapEff"), permitted: set("CapPrm"), inheritable: set("CapInh"), ambient: set("CapAmb") };
}

/** No other process of this user may attach to this one or read its memory. After the change of user, which resets it. */
export function refuseTracing(native: Native): SandboxFeature {
  const isSet = native.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) === 0;
  return { name: "not_traceable", state: isSet ? "on" : "failed", detail: isSet ? "not dumpable" : native.lastError() };
}

/** Whatever ends the agent ends this process too, in the middle of a query. After the change of user, which resets it. */
export function dieWithParent(native: Native): void {
  native.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}
