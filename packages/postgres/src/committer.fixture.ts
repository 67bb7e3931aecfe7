import { type Change, hashChange, payloadBytes, type Row, type Submission, type Table } from "@holdfast/engine";
import { hmacSha256, random, signerFromSeed } from "@holdfast/engine/crypto";
import { connect } from "./connect.ts";
import { prepareSchema } from "./schema.ts";
import { type AtEnd, emptyDatabase } from "./database.fixture.ts";
import type { PostgresSettings } from "./settings.ts";

export const ORIGIN = "holdfast/log/abcdefghijklmnopqrstuvwxya";
export const SIGNING_SEED = new Uint8Array(32).fill(1);
export const STATE_KEY = new Uint8Array(32).fill(2);
export const PUBLIC_KEY = signerFromSeed(SIGNING_SEED).publicKey;

const grants: Table = {
  name: "grants",
  columns: { tenant: "text", actor: "text", uses: "integer?", seal: "blob?" },
  key: ["tenant", "actor"],
  indexes: [["actor"]],
};

export const TABLES: readonly Table[] = [grants];

/** A prepared database of its own, gone when the test ends. */
export async function freshDatabase(atEnd: AtEnd, over: Partial<PostgresSettings> = {}): Promise<PostgresSettings> {
  const settings = { ...(await emptyDatabase(atEnd)), ...over };
  const client = await connect(settings, "migration");
  await prepareSchema(client, TABLES);
  await client.end();
  return settings;
}

/** Rows of a query as whoever looks from outside sees them. */
export async function look(settings: PostgresSettings, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = await connect(settings, "reader");
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

export const grant = (actor: string, expect: number, row: Row = {}): Change => ({
  put: grants,
  row: { tenant: "t", actor, ...row },
  expect,
});

export const ungrant = (actor: string, expect: number): Change => ({
  delete: grants,
  key: { tenant: "t", actor },
  expect,
});

interface Draft {
  readonly changes?: readonly Change[];
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  readonly seen?: number;
  readonly resource?: string;
}

export function submission({
  changes = [],
  reads = [],
  writes = [],
  seen = 0,
  resource = "secret",
}: Draft = {}): Submission {
  const hashed = changes.map((change) => ({ change, hash: hashChange(change) }));
  const payload = payloadBytes({ op: "test", from: "", node: "n" }, hashed);
  const salt = random(32);
  const entry = {
    tenant: `tn_${"b".repeat(25)}a`,
    actor: `ac_${"c".repeat(25)}a`,
    action: "secret.read",
    resource,
    outcome: "ok",
    reason: "",
  } as const;
  const sealed = Buffer.concat([salt, payload]);
  return { entry, payload: { commitment: hmacSha256(salt, payload), sealed }, changes: hashed, reads, writes, seen };
}
