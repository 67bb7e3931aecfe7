import { type Change, type Reads, Refusal } from "@holdfast/engine";
import { random, wipe } from "@holdfast/engine/crypto";
import { KeyCache, type KeyCacheLimits, LiveKey } from "./key-cache.ts";
import type { RootSeal } from "./root-seal.ts";
import { type Kek, type KekRing, keksTable, loadRing, type WrappedKey } from "./store.ts";
import { unwrapKey, wrapKey } from "./wrap.ts";

const KEY_BYTES = 32;

const purposeOf = (tenant: string, version: number) => ({ purpose: "kek", tenant, path: "", version }) as const;

/** Unsealed KEKs of this process, and what is done with them; a KEK's bytes leave this file in no other way. */
export class Keks {
  readonly #rootSeal: RootSeal;
  readonly #unsealed: KeyCache<LiveKey>;

  constructor(rootSeal: RootSeal, limits: KeyCacheLimits) {
    this.#rootSeal = rootSeal;
    this.#unsealed = new KeyCache(limits);
  }

  /** A fresh KEK as the row that holds it. */
  create(tenant: string, version: number, now: number): Change {
    const key = random(KEY_BYTES);
    const sealed = this.#rootSeal.seal(purposeOf(tenant, version), key);
    wipe(key);
    const row = { tenant, version, state: "active", created_at: now, destroyed_at: null, sealed };
    return { put: keksTable, row, expect: 0 };
  }

  /** The tenant's ring; a tenant without KEKs has ended, or was never there. */
  async ring(reads: Reads, tenant: string): Promise<KekRing> {
    const ring = await loadRing(reads, tenant);
    if (ring === undefined) throw new Refusal("sealed", "This tenant has no usable key.", { operatorDetail: tenant });
    return ring;
  }

  wrap(kek: Kek, key: Uint8Array, identity: Uint8Array): Uint8Array {
    return wrapKey(this.#bytesOf(kek), key, identity);
  }

  /** The key that `kek` wrapped; throws when the two do not belong together. */
  unwrap(kek: Kek | undefined, wrapped: Uint8Array, identity: Uint8Array): Uint8Array {
    const key = kek === undefined ? undefined : unwrapKey(this.#bytesOf(kek), wrapped, identity);
    if (key === undefined) throw unusable("a wrapped key does not unwrap under the KEK that its row names");
    return key;
  }

  /** The same key under the active KEK. */
  rewrap(ring: KekRing, { kekVersion, wrapped }: WrappedKey, identity: Uint8Array): Uint8Array {
    const bytes = this.unwrap(ring.byVersion.get(kekVersion), wrapped, identity);
    const rewrapped = this.wrap(ring.active, bytes, identity);
    wipe(bytes);
    return rewrapped;
  }

  dropTenant(tenant: string): void {
    this.#unsealed.dropTenant(tenant);
  }

  dropExpired(): void {
    this.#unsealed.dropExpired();
  }

  clear(): void {
    this.#unsealed.clear();
  }

  #bytesOf(kek: Kek): Uint8Array {
    const id = `${kek.tenant}/${kek.version}`;
    const known = this.#unsealed.get(id);
    if (known !== undefined) return known.bytes;
    const purpose = purposeOf(kek.tenant, kek.version);
    const bytes = kek.sealed === null ? undefined : this.#rootSeal.open(purpose, kek.sealed);
    if (bytes === undefined) throw unusable(`KEK ${kek.version} of ${kek.tenant} does not open`);
    const key = new LiveKey(kek.tenant, bytes);
    this.#unsealed.keep(id, key, this.#unsealed.drops);
    return key.bytes;
  }
}

/** A key that should open and does not: damage or another root key, never the caller's fault. */
export function unusable(operatorDetail: string): Refusal {
  return new Refusal("storage_failed", "A key of this tenant cannot be used.", { operatorDetail });
}
