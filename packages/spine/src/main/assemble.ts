import {
  type Committer,
  type CommitterDependencies,
  FootprintCache,
  Gate,
  hashChange,
  type Logger,
  type Operation,
  PlanReads,
  type Refusal,
  type RunningVerification,
} from "@holdfast/engine";
import { createMetrics, type Feature, type Hardening, logEvents, type Metrics, StartFailure } from "@holdfast/runtime";
import { Access, accessOperations } from "../access/index.ts";
import { auditOperations, type Ledger, type ResourceAt, type Verify } from "../audit/index.ts";
import {
  actorDirectory,
  identifyWith,
  identityOperations,
  loadSystemActors,
  type SystemActors,
} from "../identity/index.ts";
import { createKeyring, type Keyring, keyringOperations, type Suite } from "../keyring/index.ts";
import { admitToTenant, type Furnish, loadTenants, tenantsOperations } from "../tenants/index.ts";
import { definition, operationNamesOf, type ProgramName } from "../catalogue.ts";
import { openOrBegin } from "./begin-ledger.ts";
import { DiskReserve, withReserve } from "./disk-reserve.ts";
import { Features } from "./features.ts";
import { idempotencyKeys } from "./idempotency-keys.ts";
import type { LedgerFolder, LedgerOptions, LedgerPlace, OpenLedger } from "./ledger-place.ts";
import type { Limits } from "./limits.ts";
import type { RootKeyPlace } from "./root-key-place.ts";
import { ampleSizes, type Sizes } from "./sizes.ts";
import { statusOperation } from "./status.ts";
import { createVerify, startVerify, type VerifiedPlace } from "./verify.ts";

const UNKNOWN_VALUE_BYTES = 512;

/** A process without its listeners: everything that can run an operation. */
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

/** What a process is told from outside, whatever it does. */
export interface SpineSettings {
  /** Which of several nodes this is: in entries, in leases, and to the database. */
  readonly nodeName: string;
  /** Suite that seals new values. */
  readonly suite: Suite;
  /** Second place for checkpoints: a data folder put back to an older state is noticed by it. */
  readonly checkpointDir: string;
}

/** The database of a process. */
export interface SpineStorage {
  /** Reaches it before anyone has a key to it. */
  reach(): Promise<LedgerPlace>;
  /** As a verification reads it. */
  readonly verified: VerifiedPlace;
  /** A full disk ends a database of this folder alone; of a shared one nothing is known here. */
  readonly hasReserve: boolean;
}

/** What a program adds to the spine. */
export interface Program {
  /** By which the catalogue says what it has. */
  readonly name: ProgramName;
  /** What it gives to each new tenant. */
  readonly furnish: Furnish;
  readonly resourceAt: ResourceAt;
  /** Those that the spine does not have. The ledger is open by now, so that no other process has this folder. */
  operations(
    spine: Pick<Assembly, "keyring" | "ledger" | "metrics">,
  ): readonly Operation[] | Promise<readonly Operation[]>;
  /** Parts that are not the spine's. */
  features?(): readonly Feature[];
  /** Footprints of what was committed, before anyone is answered that it stands. */
  onCommitted?(writes: readonly string[]): void;
}

/** What a program of the spine is assembled from. */
export interface AssemblyOptions {
  readonly settings: SpineSettings;
  readonly rootKey: RootKeyPlace;
  readonly folder: LedgerFolder;
  readonly storage: SpineStorage;
  readonly program: Program;
  /** `secret`: what every node of the installation has and nobody else. */
  readonly limits: (secret: Uint8Array) => Limits;
  readonly log: Logger;
  readonly hardening: Hardening;
  /** Those of a busy server when left out. */
  readonly sizes?: Sizes;
  /** What benchmarks replace. */
  readonly dependencies?: CommitterDependencies;
}

/** Hands each part what it works with. What cannot be assembled lets go of the folder, the database and the process. */
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
  const { rootKey, ...opened } = await open(options, closing);
  const { keyring, ledger, metrics, cache } = opened;
  const reserve = reserveFor(options, closing);
  const committer = reserve === undefined ? ledger.committer : withReserve(ledger.committer, reserve);
  const limits = options.limits(keyring.subkeys.rateLimits);
  closing.defer(() => limits.close());
  const access = new Access();
  const reads = () => new PlanReads(cache, ledger.storage, ledger.committer);
  const systemTenant = await systemTenantOf(reads());
  const actors = await loadSystemActors(reads(), systemTenant);
  const nobody = { tenant: systemTenant, actor: actors.nobody };
  const others = [() => limits.features(), () => options.program.features?.() ?? []];
  const features = new Features(options.hardening, ledger, reserve, ...others);
  const { verified } = options.storage;
  const verify = createVerify(ledger, verified, rootKey);
  metrics.observe(readingsOf(ledger, cache));
  return {
    ...opened,
    gate: createGate(options, { ...opened, access, committer, limits }, nobody),
    operations: await operationsOf(options, { ...opened, access, verify, features }),
    actors,
    systemTenant,
    reads,
    refusal: () => committer.admission(),
    verifyAll() {
      const verification = startVerify(ledger, verified, rootKey, false);
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
  const { settings, log, dependencies, program, sizes = ampleSizes } = options;
  const metrics = createMetrics(sizes.loopLookMs);
  const cache = new FootprintCache({ maxEntries: sizes.values, maxBytes: sizes.valueBytes, bytesOf: cachedBytes });
  const place = await options.storage.reach();
  closing.defer(() => place.close());
  const rootKey = await options.rootKey.read(await place.hasLedger());
  const keyring = createKeyring({ rootKey, suite: settings.suite, maxKeys: sizes.keys });
  closing.defer(() => keyring.clear());
  const ledgerOptions: LedgerOptions = {
    keyring,
    checkpointDir: settings.checkpointDir,
    onCommitted(writes, isIncomplete) {
      forget(cache, keyring, writes, isIncomplete);
      program.onCommitted?.(writes);
    },
    onEvent: logEvents(log, metrics),
    log,
    ...(dependencies === undefined ? {} : { dependencies }),
  };
  const beginning = { node: settings.nodeName, furnish: program.furnish };
  const { ledger, isNew } = await openOrBegin(place, ledgerOptions, beginning);
  closing.defer(() => ledger.close());
  return { rootKey, keyring, ledger, metrics, cache, isNew };
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

function reserveFor({ storage, folder }: AssemblyOptions, closing: AsyncDisposableStack): DiskReserve | undefined {
  if (!storage.hasReserve) return undefined;
  const reserve = new DiskReserve(folder.path);
  closing.defer(() => reserve.stop());
  return reserve;
}

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
  { settings, log }: AssemblyOptions,
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
    node: settings.nodeName,
    clock: Date.now,
    log,
    meter: metrics.meter,
  });
}

/** The tenant of what belongs to none: calls whose credential was not believed, and the process's own duties. */
async function systemTenantOf(reads: PlanReads): Promise<string> {
  for (const tenant of (await loadTenants(reads)).byId.values()) {
    if (tenant.state === "system") return tenant.id;
  }
  throw new Error("the ledger's first entry holds a system tenant");
}

interface Bound extends Pick<Parts, "keyring" | "ledger" | "metrics" | "access"> {
  readonly verify: Verify;
  readonly features: Features;
}

async function operationsOf(
  { settings, program, rootKey: seal }: AssemblyOptions,
  { keyring, ledger, metrics, access, verify, features }: Bound,
): Promise<readonly Operation[]> {
  const audit: Ledger = {
    origin: ledger.origin,
    publicKey: ledger.publicKey,
    committer: ledger.committer,
    reader: ledger.reader,
    payloadOpener: () => keyring.payloadOpener(ledger.storage),
    isGlobal: (actor, reads) => access.isGlobal(actor, reads),
    resourceAt: program.resourceAt,
  };
  const furnish: Furnish = (tenant, now) => {
    const [keys, own] = [keyring.newTenantKeys(tenant, now), program.furnish(tenant, now)];
    return { changes: [...keys.changes, ...own.changes], writes: [...keys.writes, ...own.writes] };
  };
  const bound = [
    ...keyringOperations(definition, keyring),
    ...tenantsOperations(definition, furnish),
    ...accessOperations(definition, access, actorDirectory),
    ...identityOperations(definition, access, keyring.subkeys.tokens),
    ...(await program.operations({ keyring, ledger, metrics })),
    ...auditOperations(definition, audit, verify),
    statusOperation(definition, { node: settings.nodeName, seal, ledger, features }),
  ];
  const names = operationNamesOf(program.name);
  insistComplete(bound, names);
  return bound.filter((operation) => names.has(operation.definition.name));
}

/** The catalogue promises what there is: a definition without a handler is found at the start, not by a client. */
function insistComplete(operations: readonly Operation[], names: ReadonlySet<string>): void {
  const bound = new Set(operations.map((operation) => operation.definition.name));
  const missing = [...names].filter((name) => !bound.has(name));
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
