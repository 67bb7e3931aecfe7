import type { Context, Input, Plan } from "@holdfast/engine";
import { inState } from "./change-state.ts";
import { expectationOf, requireExpected } from "./expectation.ts";
import { keyOf, loadHead, loadPendingHead, recordOf, requireLive } from "./head.ts";
import { type Kind, pathFootprint } from "./store.ts";

/** `K.delete`: hides the current version. Nothing is lost: undelete brings it back, destroy ends it. */
export async function remove(kind: Kind, context: Context, input: Input): Promise<Plan> {
  const { reads, tenant, now } = context;
  const path = input.params["key"] as string;
  const expected = expectationOf(input);
  const load = expected === undefined ? loadPendingHead : loadHead;
  const { node, latest } = keyOf(await load(reads, tenant, path), kind);
  requireExpected(expected, node);
  requireLive(latest);
  return {
    output: { key: path, version: latest.version, state: "deleted" },
    changes: inState(tenant, node, latest, "deleted", now),
    writes: [pathFootprint(tenant, path)],
    ...recordOf(context, node, latest.version),
  };
}
