import { readFileSync, readlinkSync } from "node:fs";

/** <linux/capability.h> */
const capabilityNumbers = {
  CAP_NET_ADMIN: 12,
  CAP_SYS_ADMIN: 21,
  CAP_AUDIT_CONTROL: 30,
  CAP_AUDIT_READ: 37,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;
type Capability = keyof typeof capabilityNumbers;

/** Inode numbers that <linux/proc_ns.h> gives the first namespaces. */
const firstNamespaces = { pid: 0xefff_fffc, user: 0xefff_fffd } as const;

/** What is missing of what a source needs, in words; undefined when it is all there. Linux only. */
export function missingPrivilege(
  needed: readonly Capability[],
  namespaces: readonly (keyof typeof firstNamespaces)[],
  self = "/proc/self",
): string | undefined {
  const status = readFileSync(`${self}/status`, "utf8");
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? "0"}`);
  const missing = needed.filter((name) => (effective & (1n << BigInt(capabilityNumbers[name]))) === 0n);
  if (missing.length > 0) return `${missing.join(" and ")} missing`;
  const foreign = namespaces.find(
    (kind) => readlinkSync(`${self}/ns/${kind}`) !== `${kind}:[${firstNamespaces[kind]}]`,
  );
  return foreign === undefined
    ? undefined
    : `not in the first ${foreign} namespace: process ids would be those of others`;
}
