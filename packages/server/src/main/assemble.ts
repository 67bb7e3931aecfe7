import {
  type Committer,
  type CommitterDependencies,
  FootprintCache,
  Gate,
  hashChange,
  type Logger,
  type Operation,
  PlanReads,
  type RunningVerification,
  type Refusal,
} from "@holdfast/engine";
import { Access, accessOperations } from "../access/index.ts";
import { auditOperations, type Ledger, type Verify } from "../audit/index.ts";
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
import { openOrBegin } from "./begin-ledger.ts";
import type { Configuration } from "./configuration.ts";
import type { DataFolder } from "./data-folder.ts";
import { DiskReserve, withReserve } from "./disk-reserve.ts";
import { Features } from "./features.ts";
import type { Hardening } from "./harden-process.ts";
import { idempotencyKeys } from "./idempotency-keys.ts";
import type { LedgerOptions, OpenLedger } from "./ledger-place.ts";
import { createLimits, type Limits } from "./limits.ts";
import { logEvents } from "./log-events.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { reachLedger } from "./reach-ledger.ts";
import { readOrCreateRootKey } from "./root-key.ts";
import { StartFailure } from "./start-failure.ts";
import { statusOperation } from "./status.ts";
import type { StoragePlace } from "./storage-place.ts";
import { createVerify, startVerify } from "./verify.ts";

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
  /** Why operations would be refused now; undefined when they would not. */
  readonly refusal: () => Refusal | undefined;
  /** Verifies the whole ledger, and shows in `status` how far it is. */
  verifyAll(): RunningVerification;
  /** Finishes what is queued and lets go of everything. */
  close(): Promise<void>;
}

export interface AssemblyOptions {
  readonly configuration: Configuration;
  readonly folder: DataFolder;
  readonly log: Logger;
  readonly hardening: Hardening;
  /** What benchmarks replace. */
  readonly dependencies?: CommitterDependencies;
}

/** The only wiring: who is handed what. What cannot be assembled lets go of the folder, the database and the process. */
export async function assemble(options: AssemblyOptions): Promise<Assembly> {
  const closing = new AsyncDisposableStack();
  try {
    return await assembleOver(options, closing);
  } catch (error) {
    await closing.disposeAsync();
    throw error;
  }
}

async function assembleOver(options: AssemblyOptions, closing: AsyncDisposableStack): Promise<Assembly> {
  const { configuration, folder } = options;
  const { rootKey, ...opened } = await open(options, closing);
  const { keyring, ledger, metrics, cache } = opened;
  const reserve = reserveFor(configuration, folder, closing);
  const committer = reserve === undefined ? ledger.committer : withReserve(ledger.committer, reserve);
  const limits = limitsOf(options, keyring, closing);
  const access = new Access();
  const reads = () => new PlanReads(cache, ledger.storage, ledger.committer);
  const systemTenant = await systemTenantOf(reads());
  const actors = await loadSystemActors(reads(), systemTenant);
  const nobody = { tenant: systemTenant, actor: actors.nobody };
  const features = new Features(options.hardening, ledger, reserve, limits);
  const database = storagePlaceOf(configuration, folder);
  const verify = createVerify(ledger, database, rootKey);
  metrics.observe(readingsOf(ledger, cache));
  return {
    ...opened,
    gate: createGate(options, { ...opened, access, committer, limits }, nobody),
    operations: operationsOf(options, { ...opened, access, verify, features }),
    actors,
    systemTenant,
    reads,
    refusal: () => committer.admission(),
    verifyAll() {
      const verification = startVerify(ledger, database, rootKey, false);
      closing.defer(() => verification.stop());
      features.watch(verification, options.log);
      return verification;
    },
    close: () => closing.disposeAsync(),
  };
}

/** The ledger, begun where there was none, with the keys that open it and what it tells of its commits. */
interface Opened extends Pick<Assembly, "keyring" | "ledger" | "metrics" | "cache" | "isNew"> {
  readonly rootKey: Uint8Array;
}

async function open(options: AssemblyOptions, closing: AsyncDisposableStack): Promise<Opened> {
  const { configuration, folder, log, dependencies } = options;
  const metrics = createMetrics();
  const cache = new FootprintCache({ maxEntries: CACHE_ENTRIES, maxBytes: CACHE_BYTES, bytesOf: cachedBytes });
  const place = await reachLedger(configuration, folder);
  closing.defer(() => place.close());
  const rootKey = readOrCreateRootKey(folder, configuration.rootKey, await place.hasLedger());
  const keyring = createKeyring({ rootKey, suite: configuration.suite });
  closing.defer(() => keyring.clear());
  const ledgerOptions: LedgerOptions = {
    keyring,
    checkpointDir: configuration.checkpointDir,
    onCommitted: (writes, isIncomplete) => forget(cache, keyring, writes, isIncomplete),
    onEvent: logEvents(log, metrics),
    log,
    ...(dependencies === undefined ? {} : { dependencies }),
  };
  const { ledger, isNew } = await openOrBegin(place, ledgerOptions, configuration.nodeName);
  closing.defer(() => ledger.close());
  return { rootKey, keyring, ledger, metrics, cache, isNew };
}

function limitsOf({ configuration, log }: AssemblyOptions, keyring: Keyring, closing: AsyncDisposableStack): Limits {
  const limits = createLimits(configuration, keyring.subkeys.rateLimits, log);
  closing.defer(() => limits.close());
  return limits;
}

/** What was written falls from the caches; everything does, when it may have been more than is known. */
function forget(cache: FootprintCache, keyring: Keyring, writes: readonly string[], isIncomplete: boolean): void {
  if (isIncomplete) {
    cache.clear();
    keyring.clear();
  }
  cache.invalidate(writes);
  keyring.onCommitted(writes);
}

/** A full disk ends a database of this folder alone; of a shared one nothing is known here. */
function reserveFor(
  { storage }: Configuration,
  folder: DataFolder,
  closing: AsyncDisposableStack,
): DiskReserve | undefined {
  if (storage !== undefined) return undefined;
  const reserve = new DiskReserve(folder.path);
  closing.defer(() => reserve.stop());
  return reserve;
}

const storagePlaceOf = ({ storage }: Configuration, { database }: DataFolder): StoragePlace =>
  storage === undefined ? { kind: "sqlite", database } : { kind: "postgres", settings: storage };

interface Parts {
  readonly keyring: Keyring;
  readonly cache: FootprintCache;
  readonly metrics: Metrics;
  readonly ledger: OpenLedger;
  readonly access: Access;
  readonly limits: Limits;
  /** The ledger's committer behind the disk reserve. */
  readonly committer: Committer;
}

function createGate(
  { configuration, log }: AssemblyOptions,
  parts: Parts,
  nobody: { readonly tenant: string; readonly actor: string },
): Gate {
  const { keyring, cache, metrics, access, committer, limits } = parts;
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
    limits,
    nobody,
    node: configuration.nodeName,
    clock: Date.now,
    log,
    meter: metrics.meter,
  });
}

/** The tenant of what belongs to none: calls whose credential was not believed, and the server's own duties. */
async function systemTenantOf(reads: PlanReads): Promise<string> {
  for (const tenant of (await loadTenants(reads)).byId.values()) {
    if (tenant.state === "system") return tenant.id;
  }
  throw new Error("the ledger's first entry holds a system tenant");
}

interface Bound extends Pick<Parts, "keyring" | "ledger" | "access"> {
  readonly verify: Verify;
  readonly features: Features;
}

function operationsOf(
  { configuration }: AssemblyOptions,
  { keyring, ledger, access, verify, features }: Bound,
): readonly Operation[] {
  const audit: Ledger = {
    origin: ledger.origin,
    publicKey: ledger.publicKey,
    committer: ledger.committer,
    reader: ledger.reader,
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
    ...auditOperations(definition, audit, verify),
    statusOperation(definition, {
      node: configuration.nodeName,
      seal: configuration.rootKey.kind,
      ledger,
      features,
    }),
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

function readingsOf(ledger: OpenLedger, cache: FootprintCache) {
  const { committer } = ledger;
  return {
    queueDepth: () => committer.queue.depth,
    queueAgeSeconds: () => committer.queue.ageMs / 1000,
    ledgerSize: () => committer.position,
    checkpointSize: () => committer.checkpoint?.size ?? 0,
    cacheHits: () => cache.hits,
    cacheMisses: () => cache.misses,
    storage: () => ledger.readings(),
  };
}
