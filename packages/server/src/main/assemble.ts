import { hostname } from "node:os";
import {
  type Committer,
  type CommitterDependencies,
  FootprintCache,
  Gate,
  hashChange,
  type Logger,
  type Operation,
  PlanReads,
  type Rate,
  RateLimiter,
  type RunningVerification,
  SqliteLedgerReader,
} from "@holdfast/engine";
import { Access, accessOperations } from "../access/index.ts";
import { auditOperations, type Ledger } from "../audit/index.ts";
import { definition, operationNames } from "../catalogue.ts";
import {
  actorDirectory,
  identifyWith,
  identityOperations,
  loadSystemActors,
  type SystemActors,
} from "../identity/index.ts";
import { createKeyring, type Keyring, keyringOperations } from "../keyring/index.ts";
import { registryOperations, standingTree } from "../registry/index.ts";
import { admitToTenant, loadTenants, tenantsOperations } from "../tenants/index.ts";
import type { Configuration } from "./configuration.ts";
import type { DataFolder } from "./data-folder.ts";
import { DiskReserve, withReserve } from "./disk-reserve.ts";
import { Features } from "./features.ts";
import type { Hardening } from "./harden-process.ts";
import { idempotencyKeys } from "./idempotency-keys.ts";
import { initialize } from "./initialize.ts";
import { logEvents } from "./log-events.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { type OpenLedger, openLedger } from "./open-ledger.ts";
import { StartFailure } from "./start-failure.ts";
import { statusOperation } from "./status.ts";
import { tables } from "./tables.ts";
import { createVerify } from "./verify.ts";

const CACHE_ENTRIES = 100_000;
const CACHE_BYTES = 64 * 1024 * 1024;
const UNKNOWN_VALUE_BYTES = 512;
const MAX_VALUE_BYTES = 1024 * 1024;

/** A server without its listeners: everything that can run an operation. */
export interface Assembly {
  readonly gate: Gate;
  readonly operations: readonly Operation[];
  readonly keyring: Keyring;
  readonly ledger: OpenLedger;
  readonly metrics: Metrics;
  readonly cache: FootprintCache;
  readonly isNew: boolean;
  readonly actors: SystemActors;
  /** Tenant of what belongs to none. */
  readonly systemTenant: string;
  readonly reads: () => PlanReads;
  readonly reserve: DiskReserve;
  /** Shows the verification that runs after start in `status`. */
  watch(verification: RunningVerification): void;
}

export interface AssemblyOptions {
  readonly configuration: Configuration;
  readonly folder: DataFolder;
  readonly rootKey: Uint8Array;
  readonly log: Logger;
  readonly hardening: Hardening;
  /** What benchmarks replace. */
  readonly dependencies?: CommitterDependencies;
}

/** The only wiring: who is handed what. */
export async function assemble(options: AssemblyOptions): Promise<Assembly> {
  const { configuration, folder, rootKey, log } = options;
  const keyring = createKeyring({ rootKey, suite: configuration.suite });
  const cache = new FootprintCache({ maxEntries: CACHE_ENTRIES, maxBytes: CACHE_BYTES, bytesOf: cachedBytes });
  const metrics = createMetrics();
  const ledger = await openLedger({
    folder,
    keyring,
    tables,
    checkpointDir: configuration.checkpointDir,
    onCommitted: (writes) => {
      cache.invalidate(writes);
      keyring.onCommitted(writes);
    },
    onEvent: logEvents(log, metrics),
    ...(options.dependencies === undefined ? {} : { dependencies: options.dependencies }),
  });
  const isNew = ledger.newKeys.length > 0;
  if (isNew) await initializeOrClose(ledger, keyring);
  const reserve = new DiskReserve(folder.path);
  const committer = withReserve(ledger.committer, reserve);
  const access = new Access();
  const reads = () => new PlanReads(cache, ledger.storage, ledger.committer);
  const system = await systemTenant(reads());
  const actors = await loadSystemActors(reads(), system);
  const gate = createGate(
    options,
    { keyring, cache, metrics, ledger, access, committer },
    { tenant: system, actor: actors.nobody },
  );
  const features = new Features(options.hardening, ledger, reserve);
  const operations = operationsOf(options, { keyring, ledger, access }, features);
  metrics.observe(readingsOf(ledger, cache));
  const watch = (verification: RunningVerification) => {
    features.watch(verification, log);
  };
  return {
    gate,
    operations,
    keyring,
    ledger,
    metrics,
    cache,
    isNew,
    actors,
    systemTenant: system,
    reads,
    reserve,
    watch,
  };
}

/** What cannot be initialised must not keep the folder locked, or the process alive. */
async function initializeOrClose({ committer, storage, newKeys }: OpenLedger, keyring: Keyring): Promise<void> {
  try {
    await initialize(committer, keyring, newKeys, Date.now());
  } catch (error) {
    storage.close();
    await committer.close();
    throw error;
  }
}

interface Parts {
  readonly keyring: Keyring;
  readonly cache: FootprintCache;
  readonly metrics: Metrics;
  readonly ledger: OpenLedger;
  readonly access: Access;
  /** The ledger's committer behind the disk reserve. */
  readonly committer: Committer;
}

function createGate(
  { configuration, log }: AssemblyOptions,
  parts: Parts,
  nobody: { readonly tenant: string; readonly actor: string },
): Gate {
  const { keyring, cache, metrics, access, committer } = parts;
  const { storage } = parts.ledger;
  return new Gate({
    committer,
    storage,
    cache,
    identify: identifyWith(keyring.subkeys.tokens),
    fence: (principal, named, reads) =>
      admitToTenant(principal, named, () => access.isGlobal(principal.actor, reads), reads),
    authorize: (principal, tenant, request, reads) => access.authorize(principal, tenant, request, reads),
    payloadKeyOf: keyring.payloadKeyOf,
    idempotency: idempotencyKeys(keyring),
    hashRow: hashChange,
    limits: {
      actor: limiterOf(configuration.actorRate),
      address: limiterOf(configuration.addressRate),
      stranger: limiterOf(configuration.strangerRate),
    },
    nobody,
    node: hostname(),
    clock: Date.now,
    log,
    meter: metrics.meter,
  });
}

const limiterOf = (rate: Rate | undefined): RateLimiter | undefined =>
  rate === undefined ? undefined : new RateLimiter(rate);

/** The tenant of what belongs to none: calls whose credential was not believed, and the server's own duties. */
async function systemTenant(reads: PlanReads): Promise<string> {
  for (const tenant of (await loadTenants(reads)).byId.values()) {
    if (tenant.state === "system") return tenant.id;
  }
  throw new Error("the ledger's first entry holds a system tenant");
}

function operationsOf(
  { folder, rootKey }: AssemblyOptions,
  { keyring, ledger, access }: Pick<Parts, "keyring" | "ledger" | "access">,
  features: Features,
): readonly Operation[] {
  const audit: Ledger = {
    origin: ledger.origin,
    publicKey: ledger.publicKey,
    committer: ledger.committer,
    reader: new SqliteLedgerReader(ledger.storage.database),
    payloadOpener: () => keyring.payloadOpener(ledger.storage),
    isGlobal: (actor, reads) => access.isGlobal(actor, reads),
  };
  const furnish = (tenant: string, now: number) => {
    const [keys, tree] = [keyring.newTenantKeys(tenant, now), standingTree(tenant, now)];
    return { changes: [...keys.changes, ...tree.changes], writes: [...keys.writes, ...tree.writes] };
  };
  const operations = [
    ...keyringOperations(definition, keyring),
    ...tenantsOperations(definition, furnish),
    ...accessOperations(definition, access, actorDirectory),
    ...identityOperations(definition, access, keyring.subkeys.tokens),
    ...registryOperations(definition, { keyring, maxValueBytes: MAX_VALUE_BYTES }),
    ...auditOperations(definition, audit, createVerify(ledger, { kind: "sqlite", database: folder.database }, rootKey)),
    statusOperation(definition, ledger, folder, features),
  ];
  insistComplete(operations);
  return operations;
}

/** The catalogue promises what the server has: a definition without a handler is found at the start, not by a client. */
function insistComplete(operations: readonly Operation[]): void {
  const bound = new Set(operations.map((operation) => operation.definition.name));
  const missing = operationNames.filter((name) => !bound.has(name));
  if (missing.length === 0) return;
  throw new StartFailure(
    "configuration",
    `These operations of the catalogue have no handler: ${missing.join(", ")}.`,
    "Bind each in its slice's operations.ts (docs/adding-an-operation.md).",
  );
}

function cachedBytes(value: unknown): number {
  const known = (value as { readonly cachedBytes?: number } | undefined)?.cachedBytes;
  return known ?? UNKNOWN_VALUE_BYTES;
}

function readingsOf({ committer }: OpenLedger, cache: FootprintCache) {
  return {
    queueDepth: () => committer.queue.depth,
    queueAgeSeconds: () => committer.queue.ageMs / 1000,
    ledgerSize: () => committer.position,
    checkpointSize: () => committer.checkpoint?.size ?? 0,
    cacheHits: () => cache.hits,
    cacheMisses: () => cache.misses,
  };
}
