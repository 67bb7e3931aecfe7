import { Refusal, type Context, type Reads } from "@holdfast/engine";
import { canonical } from "./canonical.ts";
import {
  type Kind,
  type Node,
  nodeOf,
  nodesTable,
  pathFootprint,
  type Version,
  versionOf,
  versionsTable,
} from "./store.ts";
import { infoOf, type VersionInfo } from "./version-info.ts";

/** What stands at a path: held in the cache, sealed, until the path is written. */
export interface Head {
  readonly node: Node | undefined;
  /** The latest version; undefined for directories and free paths. */
  readonly latest: Version | undefined;
  readonly info: VersionInfo | undefined;
  /** What this costs the cache. */
  readonly cachedBytes: number;
}

/** A key that is there for operations of its kind. */
export interface KeyHead extends Head {
  readonly node: Node & { readonly kind: Kind };
  readonly latest: Version;
  readonly info: VersionInfo;
}

const OVERHEAD_BYTES = 1024;

/** The committed head of a path; whoever plans with it is stale once the path is written. */
export function loadHead(reads: Reads, tenant: string, path: string): Head | Promise<Head> {
  const row: Reads["row"] = (table, key) => reads.row(table, key);
  return reads.cached(pathFootprint(tenant, path), () => readHead(row, tenant, canonical(path)));
}

/** The head as the queue will leave it, without a footprint: the row versions of what is changed are the guard. */
export function loadPendingHead(reads: Reads, tenant: string, path: string): Promise<Head> {
  return readHead((table, key) => reads.pending(table, key), tenant, canonical(path));
}

async function readHead(row: Reads["row"], tenant: string, path: string): Promise<Head> {
  const stored = await row(nodesTable, { tenant, path });
  const node = stored && nodeOf(stored);
  const version = node && (await row(versionsTable, { tenant, node_id: node.nodeId, version: node.latest }));
  const latest = version && versionOf(version);
  return {
    node,
    latest,
    info: latest && infoOf(latest),
    cachedBytes: OVERHEAD_BYTES + path.length + (latest?.metadata.length ?? 0) + (latest?.sealed?.byteLength ?? 0),
  };
}

/**
 * The head as a key of this kind. A path that is free, a directory or a key of the other kind is one and the same to
 * someone who asks for this kind (ATTACKS 11).
 */
export function keyOf(head: Head, kind: Kind): KeyHead {
  if (head.node?.kind !== kind || head.latest === undefined)
    throw new Refusal("not_found", `There is no such ${kind}.`);
  return head as KeyHead;
}

/** Refuses what cannot be read any more, and says what would bring it back. */
export function requireLive({ version, state }: Pick<Version, "version" | "state">): void {
  if (state === "deleted") {
    throw new Refusal("deleted", `Version ${version} is deleted.`, { hint: "Undelete it to bring it back." });
  }
  if (state === "destroyed") throw new Refusal("destroyed", `Version ${version} has been destroyed.`);
}

/** Key, node and version of an entry; the path itself stays in the payload. */
export function recordOf(context: Context, node: Pick<Node, "nodeId" | "path">, version: number) {
  const kind = context.operation.entryResource;
  return { resource: `${kind}:${node.nodeId}@${version}`, facts: { path: node.path, version } };
}
