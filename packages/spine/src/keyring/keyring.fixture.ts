import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Answer,
  type Change,
  type Context,
  createCommitter,
  FootprintCache,
  Gate,
  type GroupCommitter,
  hashChange,
  type Operation,
  type OperationDefinition,
  type Plan,
  SqliteStorage,
  type Table,
} from "@holdfast/engine";
import catalogue from "@holdfast/contract/catalogue.json" with { type: "json" };
import { hmacSha512_256, random } from "@holdfast/engine/crypto";
import { newId, newLogOrigin } from "@holdfast/kernel/id";
import { expect } from "vitest";
import { createKeyring, type Keyring, type KeyringOptions } from "./keyring.ts";
import { keyringTables } from "./store.ts";

export const rootKey = Buffer.alloc(32, 7);
export const actorId = newId("ac", Buffer.alloc(16, 1));
export const tenantId = newId("tn", Buffer.alloc(16, 2));
export const otherTenantId = newId("tn", Buffer.alloc(16, 3));
const serverTenantId = newId("tn", Buffer.alloc(16, 4));
const nobody = { tenant: serverTenantId, actor: newId("ac", Buffer.alloc(16, 5)) };

/** A definition of the catalogue. */
export function definition(name: string): OperationDefinition {
  const found = Object.values(catalogue.operations).find((operation) => operation.name === name);
  return found as unknown as OperationDefinition;
}

const silent = { debug() {}, info() {}, warn() {}, error() {} };

export interface Request {
  readonly tenant?: string;
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  /** JSON text, or what becomes it. */
  readonly body?: unknown;
  readonly precondition?: number;
}

/** Gate, committer and SQLite as a server wires them, in a folder of its own. */
export interface Bench {
  readonly keyring: Keyring;
  readonly storage: SqliteStorage;
  readonly committer: GroupCommitter;
  readonly cache: FootprintCache;
  /** `resource:path:action` that is refused; everything else is allowed. */
  readonly denied: Set<string>;
  now: number;
  perform(operation: Operation, request?: Request): Promise<Answer>;
  /** Runs `run` as an operation of no capability. */
  plan(run: (context: Context) => Plan | Promise<Plan>, request?: Request): Promise<Answer>;
  commit(changes: readonly Change[], writes?: readonly string[]): Promise<Answer>;
  /** Drops all cached rows and keys, as a restart would. */
  forget(): void;
  close(): Promise<void>;
}

export async function openBench(
  tables: readonly Table[] = keyringTables,
  options: Partial<KeyringOptions> = {},
): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-keyring-"));
  const path = join(folder, "holdfast.db");
  const keyring = createKeyring({ rootKey, suite: 1, ...options });
  const cache = new FootprintCache({ maxEntries: 10_000, maxBytes: 64 * 1024 * 1024, bytesOf: () => 1024 });
  const stateKey = keyring.subkeys.stateMac;
  const committer = await createCommitter({
    path,
    tables,
    origin: newLogOrigin(Buffer.alloc(16, 6)),
    signingSeed: Buffer.alloc(32, 8),
    stateKey,
    onCommitted({ writes }) {
      cache.invalidate(writes);
      keyring.onCommitted(writes);
    },
  });
  const storage = new SqliteStorage(path, stateKey);
  const denied = new Set<string>();
  const bench = { keyring, storage, committer, cache, denied, now: Date.UTC(2026, 6, 1) };
  const gate = gateOf(bench);
  const perform = (operation: Operation, request: Request = {}) => gate.perform(callOf(operation, request));
  const plan: Bench["plan"] = (run, request) => perform({ definition: testDefinition, run }, request);
  const commit: Bench["commit"] = (changes, writes = []) => plan(() => ({ output: {}, changes, writes }));
  const result: Bench = Object.assign(bench, {
    perform,
    plan,
    commit,
    forget() {
      cache.clear();
      keyring.clear();
    },
    async close() {
      storage.close();
      await committer.close();
      rmSync(folder, { recursive: true });
    },
  });
  for (const tenant of [tenantId, otherTenantId, serverTenantId]) await commitKeys(result, tenant);
  return result;
}

/** The first KEK of a tenant, under a payload key of nobody's: nothing can be recorded before there is one. */
async function commitKeys({ keyring, committer, now }: Bench, tenant: string): Promise<void> {
  const { changes, writes } = keyring.newTenantKeys(tenant, now);
  const result = await committer.submit({
    entry: { tenant, actor: actorId, action: "test.init", resource: "test", outcome: "ok", reason: "" },
    payload: { commitment: random(32), sealed: random(96) },
    changes: changes.map((change) => ({ change, hash: hashChange(change) })),
    reads: [],
    writes,
    seen: committer.position,
  });
  expect(result.status).toBe("committed");
}

function gateOf(bench: Pick<Bench, "keyring" | "storage" | "committer" | "cache" | "denied" | "now">): Gate {
  return new Gate({
    committer: bench.committer,
    storage: bench.storage,
    cache: bench.cache,
    identify: () => ({ principal: { actor: actorId, tenant: tenantId, kind: "internal", credential: "test" } }),
    fence: (_principal, named) => named ?? tenantId,
    authorize: (_principal, _tenant, { resource, path, action }) => ({
      allowed: !bench.denied.has(`${resource}:${path}:${action}`),
      reason: "test",
    }),
    payloadKeyOf: bench.keyring.payloadKeyOf,
    hashRow: hashChange,
    limits: { address: undefined, actor: undefined },
    nobody,
    node: "test",
    clock: () => bench.now,
    log: silent,
    meter: { operation() {}, decision() {}, replanned() {}, limited() {} },
    idempotency: { mac: hmacSha512_256, macKey: rootKey, seal: (_id, bytes) => bytes, open: (_id, bytes) => bytes },
  });
}

const testDefinition: OperationDefinition = {
  name: "test.plan",
  method: "POST",
  path: "/test",
  aliases: [],
  spans: [],
  permission: null,
  input: {},
  scope: "tenant",
  mutation: true,
  entryResource: "test",
};

function callOf(operation: Operation, { tenant, params = {}, query = {}, body, precondition }: Request) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return {
    operation,
    credential: { kind: "none" },
    source: { listener: "socket", address: "socket" },
    params,
    query,
    body: body === undefined ? undefined : Buffer.from(text),
    mediaType: body === undefined ? undefined : "application/json",
    precondition,
    tenantNamed: tenant,
    idempotencyKey: undefined,
    fault: undefined,
    requestId: "request",
    trace: undefined,
    signal: new AbortController().signal,
  } as const;
}
