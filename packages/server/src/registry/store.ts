import type { Row, StoredRow, Table } from "@holdfast/engine";

export type Kind = "secret" | "config";
export type State = "live" | "deleted" | "destroyed";

/** Paths of a tenant. A key's row says which version is its latest, and the state of that; directories have none. */
export const nodesTable: Table = {
  name: "nodes",
  columns: {
    tenant: "text",
    path: "text",
    node_id: "text",
    kind: "text",
    state: "text",
    latest: "integer",
    created_at: "integer",
    updated_at: "integer",
  },
  key: ["tenant", "path"],
};

/** Versions of a key. Their numbers never restart: that, and the random node id, is what a sealed value is bound to. */
export const versionsTable: Table = {
  name: "versions",
  columns: {
    tenant: "text",
    node_id: "text",
    version: "integer",
    state: "text",
    content_type: "text",
    encoding: "text?",
    metadata: "text",
    size: "integer",
    author: "text",
    created_at: "integer",
    note: "text?",
    dek_id: "blob?",
    sealed: "blob?",
  },
  key: ["tenant", "node_id", "version"],
};

/** Sealed values that would make a page of history too heavy to load beside their version. */
export const largeValuesTable: Table = {
  name: "large_values",
  columns: { tenant: "text", node_id: "text", version: "integer", sealed: "blob" },
  key: ["tenant", "node_id", "version"],
};

export const registryTables: readonly Table[] = [nodesTable, versionsTable, largeValuesTable];

/** A thousand versions of this size are 16 MB: what one answer may make the server hold. */
export const MAX_INLINE_BYTES = 16_384;

/** Written with every change of a key. */
export const pathFootprint = (tenant: string, path: string): string => `path:${tenant}/${path}`;

/** What a path holds. */
export interface Node {
  readonly path: string;
  readonly nodeId: string;
  readonly kind: Kind | "directory";
  readonly state: State;
  readonly latest: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly rev: number;
}

export function nodeOf({ row, rev }: Pick<StoredRow, "row" | "rev">): Node {
  return {
    path: row["path"] as string,
    nodeId: row["node_id"] as string,
    kind: row["kind"] as Node["kind"],
    state: row["state"] as State,
    latest: row["latest"] as number,
    createdAt: row["created_at"] as number,
    updatedAt: row["updated_at"] as number,
    rev,
  };
}

export function nodeRow(tenant: string, node: Omit<Node, "rev">): Row {
  return {
    tenant,
    path: node.path,
    node_id: node.nodeId,
    kind: node.kind,
    state: node.state,
    latest: node.latest,
    created_at: node.createdAt,
    updated_at: node.updatedAt,
  };
}

/** One version of a key, as stored. */
export interface Version {
  readonly version: number;
  readonly state: State;
  readonly contentType: string;
  readonly encoding: "base64" | null;
  /** JSON text of a flat object. */
  readonly metadata: string;
  readonly size: number;
  readonly author: string;
  readonly createdAt: number;
  readonly note: string | null;
  readonly dekId: Uint8Array | null;
  /** Null once destroyed, and for a large value, which has a row of its own. */
  readonly sealed: Uint8Array | null;
  readonly rev: number;
}

export function versionOf({ row, rev }: Pick<StoredRow, "row" | "rev">): Version {
  return {
    version: row["version"] as number,
    state: row["state"] as State,
    contentType: row["content_type"] as string,
    encoding: row["encoding"] as Version["encoding"],
    metadata: row["metadata"] as string,
    size: row["size"] as number,
    author: row["author"] as string,
    createdAt: row["created_at"] as number,
    note: row["note"] as string | null,
    dekId: row["dek_id"] as Uint8Array | null,
    sealed: row["sealed"] as Uint8Array | null,
    rev,
  };
}

export function versionRow(tenant: string, nodeId: string, version: Omit<Version, "rev">): Row {
  return {
    tenant,
    node_id: nodeId,
    version: version.version,
    state: version.state,
    content_type: version.contentType,
    encoding: version.encoding,
    metadata: version.metadata,
    size: version.size,
    author: version.author,
    created_at: version.createdAt,
    note: version.note,
    dek_id: version.dekId,
    sealed: version.sealed,
  };
}
