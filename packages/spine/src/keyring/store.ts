import type { Put, Reads, StoredRow, Table } from "@holdfast/engine";

export type KekState = "active" | "retiring" | "destroyed";

/** Key-encryption keys of a tenant by version; a destroyed one keeps its row and loses its bytes. */
export const keksTable: Table = {
  name: "keks",
  columns: {
    tenant: "text",
    version: "integer",
    state: "text",
    created_at: "integer",
    destroyed_at: "integer?",
    sealed: "blob?",
  },
  key: ["tenant", "version"],
};

/** Data-encryption keys, one for each version of a value. Which KEK wraps one stands here and nowhere else. */
export const deksTable: Table = {
  name: "deks",
  columns: { dek_id: "blob", tenant: "text", kek_version: "integer", wrapped: "blob" },
  key: ["dek_id"],
  indexes: [["tenant", "kek_version", "dek_id"]],
};

/** Keys of ledger payloads: one for each tenant, subject and month, so that one person can be forgotten alone. */
export const payloadKeysTable: Table = {
  name: "payload_keys",
  columns: {
    tenant: "text",
    subject: "text",
    month: "text",
    key_id: "blob",
    kek_version: "integer",
    wrapped: "blob",
  },
  key: ["tenant", "subject", "month"],
  indexes: [["key_id"], ["tenant", "kek_version", "key_id"]],
};

/** Keys of the server itself, such as the ledger's signing seed. */
export const serverKeysTable: Table = {
  name: "server_keys",
  columns: { name: "text", sealed: "blob", public_key: "blob?", created_at: "integer" },
  key: ["name"],
};

export const keyringTables: readonly Table[] = [keksTable, deksTable, payloadKeysTable, serverKeysTable];

/** Written when the set of a tenant's KEKs or the state of one changes. */
export const kekFootprint = (tenant: string): string => `kek:${tenant}`;
/** Written when a DEK ends. */
export const dekFootprint = (dekIdHex: string): string => `dek:${dekIdHex}`;
/** Written when a payload key is made or ends. */
export const payloadKeyFootprint = (tenant: string, subject: string, month: string): string =>
  `payload-key:${tenant}/${subject}/${month}`;

export interface Kek {
  readonly tenant: string;
  readonly version: number;
  readonly state: KekState;
  readonly createdAt: number;
  /** Null once it is destroyed. */
  readonly sealed: Uint8Array | null;
  readonly rev: number;
}

export function kekOf({ row, rev }: StoredRow): Kek {
  return {
    tenant: row["tenant"] as string,
    version: row["version"] as number,
    state: row["state"] as KekState,
    createdAt: row["created_at"] as number,
    sealed: row["sealed"] as Uint8Array | null,
    rev,
  };
}

/** Any key that a KEK wraps. */
export interface WrappedKey {
  readonly kekVersion: number;
  readonly wrapped: Uint8Array;
  readonly rev: number;
}

export interface Dek extends WrappedKey {
  readonly dekId: Uint8Array;
  readonly tenant: string;
}

export function dekOf({ row, rev }: StoredRow): Dek {
  return {
    dekId: row["dek_id"] as Uint8Array,
    tenant: row["tenant"] as string,
    kekVersion: row["kek_version"] as number,
    wrapped: row["wrapped"] as Uint8Array,
    rev,
  };
}

export interface PayloadKeyRow extends WrappedKey {
  readonly keyId: Uint8Array;
  readonly tenant: string;
  readonly subject: string;
  readonly month: string;
}

export function payloadKeyRowOf({ row, rev }: StoredRow): PayloadKeyRow {
  return {
    keyId: row["key_id"] as Uint8Array,
    tenant: row["tenant"] as string,
    subject: row["subject"] as string,
    month: row["month"] as string,
    kekVersion: row["kek_version"] as number,
    wrapped: row["wrapped"] as Uint8Array,
    rev,
  };
}

/** The KEKs of a tenant that can still unwrap something. */
export interface KekRing {
  readonly active: Kek;
  readonly byVersion: ReadonlyMap<number, Kek>;
}

const ringSql = "SELECT * FROM keks WHERE tenant = ? AND state <> 'destroyed' ORDER BY version";

/** The tenant's ring, or undefined when it has none. Whoever plans with it is stale once a KEK changes. */
export function loadRing(reads: Reads, tenant: string): KekRing | undefined | Promise<KekRing | undefined> {
  return reads.cached(kekFootprint(tenant), async () => ringOf(await reads.rows(keksTable, ringSql, [tenant])));
}

function ringOf(rows: readonly StoredRow[]): KekRing | undefined {
  const keks = rows.map(kekOf);
  const active = keks.find((kek) => kek.state === "active");
  return active === undefined ? undefined : { active, byVersion: new Map(keks.map((kek) => [kek.version, kek])) };
}

/** A KEK that wraps nothing new, and opens what it wrapped. */
export const retired = (kek: Kek): Put => kekPut(kek, "retiring", null, kek.sealed);

/** A KEK that is no more: what only it could unwrap is gone. */
export const destroyed = (kek: Kek, now: number): Put => kekPut(kek, "destroyed", now, null);

function kekPut(kek: Kek, state: KekState, destroyedAt: number | null, sealed: Uint8Array | null): Put {
  const { tenant, version, createdAt, rev } = kek;
  const row = { tenant, version, state, created_at: createdAt, destroyed_at: destroyedAt, sealed };
  return { put: keksTable, row, expect: rev };
}
