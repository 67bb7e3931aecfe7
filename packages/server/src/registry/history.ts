import type { Context, Input, Plan } from "@holdfast/engine";
import { keyOf, loadHead, recordOf } from "./head.ts";
import { type Kind, versionOf, versionsTable } from "./store.ts";
import { infoOf } from "./version-info.ts";

const DEFAULT_LIMIT = 100;
const SQL = "SELECT * FROM versions WHERE tenant = ? AND node_id = ? AND version < ? ORDER BY version DESC LIMIT ?";

/** `K.history`: versions of a key, newest first, without values. */
export async function history(kind: Kind, context: Context, input: Input): Promise<Plan> {
  const { reads, tenant } = context;
  const { node } = keyOf(await loadHead(reads, tenant, input.params["key"] as string), kind);
  const limit = (input.query["limit"] as number | undefined) ?? DEFAULT_LIMIT;
  const before = (input.query["before"] as number | undefined) ?? Number.MAX_SAFE_INTEGER;
  const rows = await reads.rows(versionsTable, SQL, [tenant, node.nodeId, before, limit + 1]);
  const items = rows.slice(0, limit).map((stored) => infoOf(versionOf(stored)));
  const last = items.at(-1);
  return {
    output: { key: node.path, items, ...(rows.length > limit && last !== undefined && { next: last.version }) },
    ...recordOf(context, node, node.latest),
  };
}
