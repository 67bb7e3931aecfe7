import { newId } from "@holdfast/kernel/id";
import { type Change, type Context, type Plan, Refusal } from "@holdfast/engine";
import { random } from "@holdfast/engine/crypto";
import type { Content } from "./content.ts";
import { type Expectation, requireExpected } from "./expectation.ts";
import { recordOf } from "./head.ts";
import { plannedNode } from "./planned-node.ts";
import { environmentOf, type Registry } from "./registry.ts";
import {
  type Kind,
  largeValuesTable,
  MAX_INLINE_BYTES,
  type Node,
  nodeRow,
  nodesTable,
  pathFootprint,
  type Version,
  versionRow,
  versionsTable,
} from "./store.ts";
import { infoOf, sealContextOf } from "./version-info.ts";

/** Seals a value as the next version of a key, the first when the path is free. */
export async function writeVersion(
  { keyring }: Registry,
  kind: Kind,
  context: Context,
  path: string,
  content: Content,
  expected: Expectation | undefined,
): Promise<Plan> {
  const { reads, tenant, now, principal } = context;
  const before = await plannedNode(context, path, expected);
  if (before !== undefined && before.kind !== kind) throw await refuseKind(context, before, kind);
  requireExpected(expected, before);
  const node = nextNode(before, kind, path, now);
  const sealContext = sealContextOf(tenant, path, kind, node.latest, content.contentType);
  const { sealed, dekId, changes } = await keyring.deks.seal(reads, now, sealContext, content.bytes);
  const version = nextVersion(node, content, principal.actor, dekId, sealed);
  content.bytes.fill(0);
  return {
    output: { key: path, kind, ...infoOf(version), environment: await environmentOf(reads, tenant, path) },
    status: before === undefined ? 201 : 200,
    etag: version.version,
    changes: [
      { put: nodesTable, row: nodeRow(tenant, node), expect: before?.rev ?? 0 },
      { put: versionsTable, row: versionRow(tenant, node.nodeId, version), expect: 0 },
      ...(version.sealed === null ? [largeValue(tenant, node, sealed)] : []),
      ...changes,
    ],
    writes: [pathFootprint(tenant, path)],
    ...recordOf(context, node, version.version),
  };
}

/** A path's versions never restart, also after all of them were deleted or destroyed. */
function nextNode(before: Node | undefined, kind: Kind, path: string, now: number): Omit<Node, "rev"> {
  const nodeId = before?.nodeId ?? newId("nd", random(16));
  const latest = (before?.latest ?? 0) + 1;
  return { path, nodeId, kind, state: "live", latest, createdAt: before?.createdAt ?? now, updatedAt: now };
}

function nextVersion(
  { latest, updatedAt }: Omit<Node, "rev">,
  { bytes, contentType, encoding, metadata, note }: Content,
  author: string,
  dekId: Uint8Array,
  sealed: Uint8Array,
): Omit<Version, "rev"> {
  return {
    version: latest,
    state: "live",
    contentType,
    encoding,
    metadata,
    size: bytes.byteLength,
    author,
    createdAt: updatedAt,
    note,
    dekId,
    sealed: sealed.byteLength <= MAX_INLINE_BYTES ? sealed : null,
  };
}

function largeValue(tenant: string, node: Pick<Node, "nodeId" | "latest">, sealed: Uint8Array): Change {
  const row = { tenant, node_id: node.nodeId, version: node.latest, sealed };
  return { put: largeValuesTable, row, expect: 0 };
}

/** A path has one kind. What the other one is, is said only to those who may list it (ATTACKS 11). */
async function refuseKind(context: Context, taken: Node, kind: Kind): Promise<Refusal> {
  if (taken.kind === "directory") {
    return new Refusal("conflict", "This path is a folder of the standing tree.", {
      hint: `Write to a path below it, such as ${taken.path}/name.`,
    });
  }
  const { allowed } = await context.decide({ resource: taken.kind, path: taken.path, action: "list" });
  const why = allowed ? `This path holds a ${taken.kind}` : "This path is taken";
  return new Refusal("conflict", `${why}; it cannot hold a ${kind}.`, { hint: "Choose another path." });
}
