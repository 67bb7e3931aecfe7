import { readFileSync } from "node:fs";
import koffi from "koffi";
import type { Feature } from "../feature.ts";

/** Linux <linux/prctl.h>. */
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_CLEAR_ALL = 4;

/**
 * Keeps the capabilities of this process from its children. A unit hands them over as ambient ones, which every program
 * inherits that is started, the executor of foreign SQL first of all; and bubblewrap refuses to run with them. Cleared on the
 * main thread, from which Node starts children; what the threads of this process hold stays as it is.
 */
export function keepCapabilitiesFromChildren(
  statusFile = "/proc/thread-self/status",
  uid: number | undefined = process.geteuid?.(),
): Feature {
  const name = "capabilities";
  if (process.platform !== "linux") return { name, state: "available", detail: "there are none on this system" };
  const prctl = koffi
    .load("libc.so.6")
    .func("int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)");
  const isCleared = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) === 0;
  if (!isCleared) return { name, state: "degraded", detail: `children inherit them (errno ${koffi.errno()})` };
  const held = capabilityNames(statusFile).join(", ");
  // What root starts has root's capabilities again, whatever was cleared.
  if (uid === 0) return { name, state: "degraded", detail: `root's: ${held}; a user with a few of them is enough` };
  return { name, state: "available", detail: held === "" ? "none" : `${held}; children get none of them` };
}

/** <linux/capability.h>, those that an agent may be given; others are told by number. */
const names: Readonly<Record<number, string>> = {
  2: "CAP_DAC_READ_SEARCH",
  12: "CAP_NET_ADMIN",
  19: "CAP_SYS_PTRACE",
  21: "CAP_SYS_ADMIN",
  30: "CAP_AUDIT_CONTROL",
  37: "CAP_AUDIT_READ",
  38: "CAP_PERFMON",
  39: "CAP_BPF",
};
/** So many there are; a container may lack one or the other. */
const NEARLY_ALL = 38;

/** What this process can do beyond others. */
function capabilityNames(statusFile: string): readonly string[] {
  const mask = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)$/m.exec(readFileSync(statusFile, "latin1"))?.[1] ?? "0"}`);
  const held = Array.from({ length: 64 }, (_, index) => index).filter((index) => (mask & (1n << BigInt(index))) !== 0n);
  if (held.length >= NEARLY_ALL) return ["all there are"];
  return held.map((index) => names[index] ?? `number ${index}`);
}
