import type { Reads } from "@holdfast/engine";
import { loadRing } from "./store.ts";

/** Whether a tenant has KEKs that are on their way out. */
export async function isSweepDue(reads: Reads, tenant: string): Promise<boolean> {
  const ring = await loadRing(reads, tenant);
  return ring !== undefined && ring.byVersion.size > 1;
}
