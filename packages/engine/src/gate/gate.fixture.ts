import { fromUtf8 } from "@holdfast/kernel/bytes";
import { hmacSha256 } from "../crypto.ts";
import { Refusal } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { implement, type Operation, type OperationDefinition, type Principal, type Run } from "../operation.ts";
import type { Submission } from "../submission.ts";
import type { Change, Table } from "../table.ts";
import type { Call } from "./call.ts";
import type { GateDependencies, PayloadKey } from "./dependencies.ts";
import { FootprintCache } from "./footprint-cache.ts";
import { Gate } from "./gate.ts";
import { MemoryLedger } from "./memory-ledger.fixture.ts";

export const alice: Principal = { actor: "ac_alice", tenant: "tn_one", kind: "token", credential: "tk_alice" };
export const nobody = { tenant: "tn_system", actor: "nobody" };

export const things: Table = { name: "things", columns: { id: "text", value: "integer" }, key: ["id"] };
export const put = (id: string, value: number, expect: number): Change => ({ put: things, row: { id, value }, expect });

export const definition: OperationDefinition = {
  name: "thing.put",
  method: "PUT",
  path: "/api/things/{key}",
  aliases: [],
  spans: ["key"],
  permission: { resource: "thing", path: "key", action: "write" },
  input: {
    params: object({ key: { type: "string", maxLength: 512 } }, ["key"]),
    query: object({ limit: { type: "integer", minimum: 1 }, deep: { type: "boolean" } }),
    headers: object({ ifMatch: { type: "string" }, ifNoneMatch: { type: "string" } }),
    body: object({ value: {}, note: { type: "string", maxLength: 8, pattern: "^[a-z]*$" }, cas: { type: "integer" } }),
  },
  scope: "tenant",
  mutation: true,
  entryResource: "thing",
};

export function object(properties: Record<string, unknown>, required: string[] = []) {
  return { type: "object", properties, required, additionalProperties: false };
}

export const operationOf = (run: Run, changes: Partial<OperationDefinition> = {}): Operation =>
  implement({ ...definition, ...changes }, run);

export const json = (text: string): Pick<Call, "body" | "mediaType"> => ({
  body: new TextEncoder().encode(text),
  mediaType: "application/json",
});

let calls = 0;

export function callTo(operation: Operation, changes: Partial<Call> = {}): Call {
  calls += 1;
  return {
    operation,
    credential: { kind: "token", token: "of alice" },
    source: { listener: "http", address: "192.0.2.1" },
    params: { key: "a/b" },
    query: {},
    body: undefined,
    mediaType: undefined,
    precondition: undefined,
    tenantNamed: undefined,
    idempotencyKey: undefined,
    fault: undefined,
    requestId: `request-${calls}`,
    trace: undefined,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** Payload keys that seal nothing, so that tests can read what was recorded. */
const openKey: PayloadKey = {
  changes: [],
  writes: [],
  seal: (payload) => ({ commitment: new Uint8Array(32), sealed: payload }),
};

export const payloadOf = (submission: Submission | undefined): Record<string, unknown> =>
  JSON.parse(fromUtf8(submission!.payload.sealed)) as Record<string, unknown>;

interface Logged {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

function recordingLog(): Logger & { readonly lines: Logged[]; readonly debugLines: Logged[] } {
  const lines: Logged[] = [];
  const debugLines: Logged[] = [];
  const into = (to: Logged[], level: string) => (fields: Logged["fields"], message: string) => {
    to.push({ level, fields, message });
  };
  return {
    lines,
    debugLines,
    debug: into(debugLines, "debug"),
    info: into(lines, "info"),
    warn: into(lines, "warn"),
    error: into(lines, "error"),
  };
}

/** A gate on a ledger in memory: everyone with a token is alice and may do everything, unless a test says otherwise. */
export function bench(changes: Partial<GateDependencies> = {}) {
  const ledger = new MemoryLedger();
  const cache = new FootprintCache({ maxEntries: 100, maxBytes: 10_000, bytesOf: () => 1 });
  ledger.onCommitted = (writes) => {
    cache.invalidate(writes);
  };
  const log = recordingLog();
  const metered: unknown[][] = [];
  const meter =
    (name: string) =>
    (...values: unknown[]) => {
      metered.push([name, ...values]);
    };
  const dependencies: GateDependencies = {
    committer: ledger,
    storage: ledger,
    cache,
    identify: (credential) => {
      if (credential.kind !== "token") throw new Refusal("unauthenticated", "Who are you?");
      return { principal: alice };
    },
    fence: (principal, named) => named ?? principal.tenant,
    authorize: () => ({ allowed: true, reason: "role", rule: { role: "writer", permission: "thing:**:write" } }),
    payloadKeyOf: () => openKey,
    idempotency: {
      mac: hmacSha256,
      macKey: new Uint8Array(32),
      seal: (_id, plaintext) => plaintext.map((byte) => byte ^ 0x55),
      open: (_id, sealed) => sealed.map((byte) => byte ^ 0x55),
    },
    hashRow: () => new Uint8Array(32),
    limits: { address: undefined, actor: undefined },
    nobody,
    node: "node-1",
    clock: () => 1_000,
    log,
    meter: {
      operation: meter("operation"),
      decision: meter("decision"),
      replanned: meter("replanned"),
      limited: meter("limited"),
    },
    ...changes,
  };
  return { gate: new Gate(dependencies), ledger, cache, log, metered, dependencies };
}
