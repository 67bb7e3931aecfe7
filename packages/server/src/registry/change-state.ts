import type { Change } from "@holdfast/engine";
import { type Node, nodeRow, nodesTable, type State, type Version, versionRow, versionsTable } from "./store.ts";

/** A version in another state, and its key with it when it is the latest. */
export function inState(tenant: string, node: Node, version: Version, state: State, now: number): Change[] {
  const row = versionRow(tenant, node.nodeId, { ...version, state });
  const changes: Change[] = [{ put: versionsTable, row, expect: version.rev }];
  if (version.version === node.latest) {
    changes.push({ put: nodesTable, row: nodeRow(tenant, { ...node, state, updatedAt: now }), expect: node.rev });
  }
  return changes;
}
