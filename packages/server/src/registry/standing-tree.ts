import { newId } from "@holdfast/kernel/id";
import type { Change } from "@holdfast/engine";
import { random } from "@holdfast/engine/crypto";
import { nodeRow, nodesTable } from "./store.ts";

/** Folders that every tenant has from the start; they show even when they are empty. */
export const standingFolders: readonly string[] = [
  "applications",
  "security",
  "security/audit",
  "security/firewall",
  "system",
  "system/kernel",
  "system/network",
  "system/services",
  "user",
];

/** The standing tree of a new tenant. */
export function standingTree(
  tenant: string,
  now: number,
): { readonly changes: readonly Change[]; readonly writes: readonly string[] } {
  const changes = standingFolders.map((path) => {
    const nodeId = newId("nd", random(16));
    const times = { createdAt: now, updatedAt: now };
    const row = nodeRow(tenant, { path, nodeId, kind: "directory", state: "live", latest: 0, ...times });
    return { put: nodesTable, row, expect: 0 };
  });
  return { changes, writes: [] };
}
