import type { Reads } from "@holdfast/engine";
import { loadHead } from "./head.ts";

/** How entries name what stands at a path: by its node. Undefined for a path that never existed. */
export async function resourceAt(reads: Reads, tenant: string, path: string): Promise<string | undefined> {
  const { node } = await loadHead(reads, tenant, path);
  return node === undefined ? undefined : `${node.kind}:${node.nodeId}`;
}
