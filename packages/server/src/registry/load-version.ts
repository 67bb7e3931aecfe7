import type { Context } from "@holdfast/engine";
import { type Node, type Version, versionOf, versionsTable } from "./store.ts";

/** One version by number; undefined when the key never had it. */
export async function loadVersion(
  { reads, tenant }: Context,
  { nodeId }: Pick<Node, "nodeId">,
  version: number,
): Promise<Version | undefined> {
  const stored = await reads.row(versionsTable, { tenant, node_id: nodeId, version });
  return stored && versionOf(stored);
}
