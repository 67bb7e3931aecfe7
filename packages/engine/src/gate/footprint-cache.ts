import { LRUCache } from "lru-cache";

interface Slot {
  readonly value: unknown;
}

/**
 * Values by footprint key, dropped before the commit that wrote the key becomes visible. A fill that was under way while
 * its key was written, by whatever node, or while everything was cleared, is handed to its own caller (whom the committer
 * then refuses as stale) but never stored, and is never shared with a caller that came after that.
 */
export class FootprintCache {
  readonly #slots: LRUCache<string, Slot>;
  readonly #filling = new Map<string, Promise<unknown>>();
  hits = 0;
  misses = 0;

  constructor(limits: {
    readonly maxEntries: number;
    readonly maxBytes: number;
    readonly bytesOf: (value: unknown) => number;
  }) {
    this.#slots = new LRUCache<string, Slot>({
      max: limits.maxEntries,
      maxSize: limits.maxBytes,
      sizeCalculation: (slot) => Math.max(1, limits.bytesOf(slot.value)),
    });
  }

  get size(): number {
    return this.#slots.size;
  }

  through<T>(key: string, load: () => T | Promise<T>): T | Promise<T> {
    const slot = this.#slots.get(key);
    if (slot !== undefined) {
      this.hits++;
      return slot.value as T;
    }
    this.misses++;
    const shared = this.#filling.get(key);
    if (shared !== undefined) return shared as Promise<T>;
    const value = load();
    if (!(value instanceof Promise)) {
      this.#slots.set(key, { value });
      return value;
    }
    return this.#fill(key, value);
  }

  #fill<T>(key: string, loading: Promise<T>): Promise<T> {
    const filled = loading.then(
      (value) => {
        if (this.#filling.get(key) === filled) {
          this.#filling.delete(key);
          this.#slots.set(key, { value });
        }
        return value;
      },
      (error: unknown) => {
        if (this.#filling.get(key) === filled) this.#filling.delete(key);
        throw error;
      },
    );
    this.#filling.set(key, filled);
    return filled;
  }

  /** Called with the written keys of a commit before its position is visible to anyone. */
  invalidate(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#slots.delete(key);
      this.#filling.delete(key);
    }
  }

  /** Called when other nodes have written what nobody here can name: nothing that was read before may be served again. */
  clear(): void {
    this.#slots.clear();
    this.#filling.clear();
  }
}
