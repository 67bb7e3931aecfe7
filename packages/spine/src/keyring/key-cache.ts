import { wipe } from "@holdfast/engine/crypto";
import { LRUCache } from "lru-cache";

export interface KeyCacheLimits {
  readonly maxKeys: number;
  readonly ttlSeconds: number;
}

/** A key in memory that knows when it is no longer one. */
export class LiveKey {
  readonly tenant: string;
  readonly #bytes: Uint8Array;
  #isWiped = false;

  constructor(tenant: string, bytes: Uint8Array) {
    this.tenant = tenant;
    this.#bytes = bytes;
  }

  /** The key itself, for use within this turn of the event loop. A wiped key throws: it must never seal with zeros. */
  get bytes(): Uint8Array {
    if (this.#isWiped) throw new Error("a wiped key was used");
    return this.#bytes;
  }

  wipe(): void {
    this.#isWiped = true;
    wipe(this.#bytes);
  }
}

/**
 * Unwrapped keys, bounded by count and time. A key that falls out is wiped in the next turn of the event loop, so that
 * whoever got it in this one can finish.
 */
export class KeyCache<T extends { readonly tenant: string; wipe(): void }> {
  readonly #keys: LRUCache<string, T>;
  #drops = 0;

  constructor({ maxKeys, ttlSeconds }: KeyCacheLimits) {
    this.#keys = new LRUCache({
      max: maxKeys,
      ttl: ttlSeconds * 1000,
      dispose: (key) => setImmediate(() => key.wipe()),
    });
  }

  get size(): number {
    return this.#keys.size;
  }

  get(id: string): T | undefined {
    return this.#keys.get(id);
  }

  /** Where the cache stands before a key's row is read; `keep` takes it back. */
  get drops(): number {
    return this.#drops;
  }

  /** Keeps a key, unless something was dropped since its row was read: that may have been this very key. */
  keep(id: string, key: T, dropsBefore: number): void {
    if (dropsBefore === this.#drops) this.#keys.set(id, key);
  }

  drop(id: string): void {
    this.#drops++;
    this.#keys.delete(id);
  }

  dropTenant(tenant: string): void {
    this.#drops++;
    for (const [id, key] of this.#keys.entries()) if (key.tenant === tenant) this.#keys.delete(id);
  }

  dropExpired(): void {
    this.#keys.purgeStale();
  }

  clear(): void {
    this.#drops++;
    this.#keys.clear();
  }
}
