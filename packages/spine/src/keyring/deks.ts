import type { SealContext } from "@holdfast/kernel/sealed-value";
import { type Change, type Reads, Refusal } from "@holdfast/engine";
import { random, wipe } from "@holdfast/engine/crypto";
import { KeyCache, type KeyCacheLimits, LiveKey } from "./key-cache.ts";
import { type Keks, unusable } from "./keks.ts";
import { type Dek, dekFootprint, dekOf, deksTable, type KekRing } from "./store.ts";
import { dekIdOf, openWith, sealWith, type Suite } from "./sealed-value.ts";
import { identityOf } from "./wrap.ts";

const DEK_ID_BYTES = 16;
const KEY_BYTES = 32;
const NO_CHANGES: readonly Change[] = [];

/** A value sealed under a DEK of its own; the DEK's row rides along with the operation. */
export interface Sealed {
  readonly sealed: Uint8Array;
  readonly dekId: Uint8Array;
  readonly changes: readonly Change[];
}

/** An opened value; `changes` moves its DEK to the active KEK when it still stood under an old one. */
export interface Opened {
  readonly plaintext: Uint8Array;
  readonly changes: readonly Change[];
}

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");

const identity = (tenant: string, dekId: Uint8Array): Uint8Array => identityOf("dek", tenant, dekId);

/** Data-encryption keys: one for each version of a value. None of them leaves the keyring. */
export class Deks {
  readonly #keks: Keks;
  readonly #suite: Suite;
  readonly #unwrapped: KeyCache<LiveKey>;

  constructor(keks: Keks, suite: Suite, limits: KeyCacheLimits) {
    this.#keks = keks;
    this.#suite = suite;
    this.#unwrapped = new KeyCache(limits);
  }

  /** Seals under a fresh DEK. It expects its KEK to be active: a rotation in between makes the plan stale. */
  async seal(reads: Reads, now: number, context: SealContext, plaintext: Uint8Array): Promise<Sealed> {
    const { tenant } = context;
    const ring = await this.#keks.ring(reads, tenant);
    const dekId = newDekId(now);
    const key = random(KEY_BYTES);
    const wrapped = this.#keks.wrap(ring.active, key, identity(tenant, dekId));
    const sealed = sealWith(this.#suite, dekId, key, context, plaintext);
    wipe(key);
    const row = { dek_id: dekId, tenant, kek_version: ring.active.version, wrapped };
    return { sealed, dekId, changes: [{ put: deksTable, row, expect: 0 }] };
  }

  /** Opens a sealed value; without a promise when its DEK is at hand, which is the path of nearly every read. */
  open(reads: Reads, context: SealContext, sealed: Uint8Array): Opened | Promise<Opened> {
    const dekId = dekIdOf(sealed);
    if (dekId === undefined) throw unusable("a stored value is not a sealed value");
    const id = hex(dekId);
    const known = this.#unwrapped.get(id);
    if (known === undefined) return this.#openCold(reads, context, sealed, dekId, id);
    return { plaintext: this.#plaintext(known, context, sealed), changes: NO_CHANGES };
  }

  async #openCold(
    reads: Reads,
    context: SealContext,
    sealed: Uint8Array,
    dekId: Uint8Array,
    id: string,
  ): Promise<Opened> {
    const { drops } = this.#unwrapped;
    const { tenant } = context;
    const row = await this.#row(reads, dekId);
    if (row?.tenant !== tenant) throw new Refusal("destroyed", "The key of this value has been destroyed.");
    const ring = await this.#keks.ring(reads, tenant);
    const known = this.#unwrapped.get(id);
    // Another reader was here meanwhile: one re-wrap is enough, a second would only conflict.
    if (known !== undefined) return { plaintext: this.#plaintext(known, context, sealed), changes: NO_CHANGES };
    const key = new LiveKey(
      tenant,
      this.#keks.unwrap(ring.byVersion.get(row.kekVersion), row.wrapped, identity(tenant, dekId)),
    );
    this.#unwrapped.keep(id, key, drops);
    const plaintext = this.#plaintext(key, context, sealed);
    const isCurrent = row.kekVersion === ring.active.version;
    return { plaintext, changes: isCurrent ? NO_CHANGES : [this.rewrapped(ring, row)] };
  }

  /** The DEK's row under the active KEK; it expects the row as read, so that a concurrent destroy wins. */
  rewrapped(ring: KekRing, dek: Dek): Change {
    const { dekId, tenant, rev } = dek;
    const wrapped = this.#keks.rewrap(ring, dek, identity(tenant, dekId));
    const row = { dek_id: dekId, tenant, kek_version: ring.active.version, wrapped };
    return { put: deksTable, row, expect: rev };
  }

  /** Ends a DEK: what it sealed can no longer be opened once this is committed. */
  async destroy(reads: Reads, dekId: Uint8Array): Promise<{ changes: readonly Change[]; writes: readonly string[] }> {
    const row = await this.#row(reads, dekId);
    if (row === undefined) return { changes: NO_CHANGES, writes: [] };
    return {
      changes: [{ delete: deksTable, key: { dek_id: dekId }, expect: row.rev }],
      writes: [dekFootprint(hex(dekId))],
    };
  }

  drop(dekIdHex: string): void {
    this.#unwrapped.drop(dekIdHex);
  }

  dropTenant(tenant: string): void {
    this.#unwrapped.dropTenant(tenant);
  }

  dropExpired(): void {
    this.#unwrapped.dropExpired();
  }

  clear(): void {
    this.#unwrapped.clear();
  }

  async #row(reads: Reads, dekId: Uint8Array): Promise<Dek | undefined> {
    const stored = await reads.row(deksTable, { dek_id: dekId });
    return stored === undefined ? undefined : dekOf(stored);
  }

  #plaintext(key: LiveKey, context: SealContext, sealed: Uint8Array): Uint8Array {
    const plaintext = openWith(key.bytes, context, sealed);
    if (plaintext === undefined) throw unusable("a stored value does not open as what its row says it is");
    return plaintext;
  }
}

/**
 * 48 bits of time, then 80 random ones, as RFC 9562 §5.7 orders them: rows of new DEKs stand side by side. With ids of
 * chance alone every write would touch a page of its own (docs/decisions/0005-time-ordered-dek-ids.md).
 */
function newDekId(now: number): Uint8Array {
  const id = random(DEK_ID_BYTES);
  new DataView(id.buffer, id.byteOffset).setUint16(0, Math.floor(now / 2 ** 32));
  new DataView(id.buffer, id.byteOffset).setUint32(2, now % 2 ** 32);
  return id;
}
