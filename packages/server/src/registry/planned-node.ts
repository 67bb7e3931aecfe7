import type { Context } from "@holdfast/engine";
import { canonical } from "./canonical.ts";
import type { Expectation } from "./expectation.ts";
import { loadHead } from "./head.ts";
import { type Node, nodeOf, nodesTable } from "./store.ts";

/**
 * The node that a write is planned on. A blind write takes it as the queue will leave it and adds no footprint, so that
 * many writers of one key share a batch; the row version is its guard. A write with a precondition is judged by what is
 * committed, and is stale once that changes.
 */
export async function plannedNode(
  { reads, tenant }: Context,
  path: string,
  expected: Expectation | undefined,
): Promise<Node | undefined> {
  if (expected !== undefined) return (await loadHead(reads, tenant, path)).node;
  const stored = await reads.pending(nodesTable, { tenant, path: canonical(path) });
  return stored && nodeOf(stored);
}
