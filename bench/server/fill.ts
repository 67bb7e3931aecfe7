import { type Call, nextRequestId, type Operation } from "@holdfast/engine";
import type { Assembly } from "@holdfast/spine";
import { assemble } from "../../packages/server/src/main/assemble.ts";
import { configurationFrom } from "../../packages/server/src/main/configuration.ts";
import { openDataFolder } from "../../packages/server/src/main/data-folder.ts";
import { createLog } from "@holdfast/runtime";
import { keyOf } from "../load/plan.ts";
import type { Folder } from "./folder.ts";

/** Several batches, so that one is planned while another is written. */
const atOnce = 1_024;
const valueBytes = 100;

/**
 * Grows a ledger to a number of entries by real operations, nine reads to one write, through the gate of a server
 * without doors: identified, authorized, sealed and recorded as any other.
 */
export async function fill(folder: Folder, keys: number, entries: number): Promise<void> {
  const assembly = await open(folder);
  const { committer } = assembly.ledger;
  const perform = performer(assembly);
  if (committer.position < keys) await repeat(keys, (index) => perform("secret.put", index));
  const missing = Math.max(0, entries - committer.position);
  await repeat(missing, (index) => {
    const key = (index * 7_919 + Math.floor(index / 10)) % keys;
    return perform(index % 10 === 0 ? "secret.put" : "secret.read", key);
  });
  await assembly.close();
}

/** Does something a number of times, many at once. */
async function repeat(times: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < times) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function open({ path, env }: Folder): Promise<Assembly> {
  const folder = openDataFolder(path);
  return assemble({
    configuration: configurationFrom(env),
    folder,
    log: createLog({ level: "warn", format: "auto", name: "bench" }),
    hardening: { isNonDumpable: false, hasNoCoreFiles: false },
  });
}

function performer({ gate, operations }: Assembly) {
  const byName = new Map(operations.map((operation) => [operation.definition.name, operation]));
  const body = Buffer.from(JSON.stringify({ value: "v".repeat(valueBytes) }));
  const { signal } = new AbortController();
  return async (name: "secret.read" | "secret.put", key: number): Promise<void> => {
    const answer = await gate.perform(callOf(byName.get(name)!, key, name === "secret.put" ? body : undefined, signal));
    if (!answer.ok) throw answer.refusal;
  };
}

function callOf(operation: Operation, key: number, body: Uint8Array | undefined, signal: AbortSignal): Call {
  return {
    operation,
    credential: { kind: "peer", uid: process.getuid?.() ?? 0 },
    source: { listener: "socket", address: "socket" },
    params: { key: keyOf(key) },
    query: {},
    body,
    mediaType: body === undefined ? undefined : "application/json",
    precondition: undefined,
    tenantNamed: undefined,
    idempotencyKey: undefined,
    fault: undefined,
    requestId: nextRequestId(),
    trace: undefined,
    signal,
  };
}
