import type { Change, PayloadKeyOf, PayloadOpener, Storage } from "@holdfast/engine";
import { createCursors, type Cursors } from "./cursors.ts";
import { Deks } from "./deks.ts";
import type { KeyCacheLimits } from "./key-cache.ts";
import { Keks } from "./keks.ts";
import { payloadOpener } from "./open-payloads.ts";
import { PayloadKeys } from "./payload-keys.ts";
import { createRootSeal } from "./root-seal.ts";
import type { Suite } from "./sealed-value.ts";
import { createServerKeys, type ServerKeys } from "./server-keys.ts";
import { kekFootprint } from "./store.ts";
import { deriveSubkeys, type Subkeys } from "./subkeys.ts";

/** What a keyring is made from. */
export interface KeyringOptions {
  /** 32 bytes; the caller may wipe them afterwards. */
  readonly rootKey: Uint8Array;
  /** Suite that seals; any suite opens. */
  readonly suite: Suite;
  /** Keys of each kind that are held unwrapped. */
  readonly maxKeys?: number;
}

/** Room for the working set of a busy node in about 3 MB. */
const MAX_KEYS = 10_000;
/** A key that is not asked for in so long goes. */
const KEY_TTL_SECONDS = 600;

/** All keys of a server below its root key. */
export class Keyring {
  readonly subkeys: Subkeys;
  readonly serverKeys: ServerKeys;
  readonly cursors: Cursors;
  readonly deks: Deks;
  readonly keks: Keks;
  readonly payloadKeys: PayloadKeys;
  readonly #limits: KeyCacheLimits;

  constructor({ rootKey, suite, maxKeys = MAX_KEYS }: KeyringOptions) {
    const subkeys = deriveSubkeys(rootKey);
    const cache = { maxKeys, ttlSeconds: KEY_TTL_SECONDS };
    this.#limits = cache;
    this.subkeys = subkeys;
    this.serverKeys = createServerKeys(createRootSeal(suite, subkeys.serverKeySeal, subkeys.rootKeyId));
    this.cursors = createCursors(subkeys.cursors);
    this.keks = new Keks(createRootSeal(suite, subkeys.kekSeal, subkeys.rootKeyId), cache);
    this.deks = new Deks(this.keks, suite, cache);
    this.payloadKeys = new PayloadKeys(this.keks, cache);
  }

  /** What a new tenant starts with: its first KEK. */
  newTenantKeys(
    tenant: string,
    now: number,
  ): { readonly changes: readonly Change[]; readonly writes: readonly string[] } {
    return { changes: [this.keks.create(tenant, 1, now)], writes: [kekFootprint(tenant)] };
  }

  get payloadKeyOf(): PayloadKeyOf {
    return this.payloadKeys.of;
  }

  /** Opens ledger payloads for one query or one run of a verifier. */
  payloadOpener(storage: Storage): PayloadOpener {
    return payloadOpener(this.keks, storage, this.#limits);
  }

  /** Drops what the written footprints end, before their commit is visible to anyone. */
  onCommitted(writes: Iterable<string>): void {
    for (const key of writes) {
      const at = key.indexOf(":") + 1;
      const kind = key.slice(0, at);
      if (kind === "dek:") this.deks.drop(key.slice(at));
      else if (kind === "payload-key:") this.payloadKeys.drop(key);
      else if (kind === "kek:") {
        this.keks.dropTenant(key.slice(at));
        this.deks.dropTenant(key.slice(at));
      }
    }
  }

  /** Wipes keys whose time is over; a cache alone would do so only when it is asked for them. */
  dropExpired(): void {
    this.keks.dropExpired();
    this.deks.dropExpired();
    this.payloadKeys.dropExpired();
  }

  /** Wipes everything that was unwrapped: the server ends, is sealed, or may have missed what ended a key. */
  clear(): void {
    this.keks.clear();
    this.deks.clear();
    this.payloadKeys.clear();
  }
}

/** A keyring under a root key; nothing is unwrapped before it is asked for. */
export function createKeyring(options: KeyringOptions): Keyring {
  return new Keyring(options);
}
