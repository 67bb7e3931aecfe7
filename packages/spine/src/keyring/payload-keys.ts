import type { Change, PayloadKey, PayloadKeyOf, Reads, SealedPayload } from "@holdfast/engine";
import { random } from "@holdfast/engine/crypto";
import { KeyCache, type KeyCacheLimits, LiveKey } from "./key-cache.ts";
import type { Keks } from "./keks.ts";
import { monthOf } from "./month.ts";
import { KEY_ID_BYTES, sealPayload } from "./payload.ts";
import { type KekRing, payloadKeyFootprint, type PayloadKeyRow, payloadKeyRowOf, payloadKeysTable } from "./store.ts";
import { identityOf } from "./wrap.ts";

const KEY_BYTES = 32;
const NOTHING: readonly never[] = [];

interface Subject {
  readonly tenant: string;
  readonly subject: string;
  readonly month: string;
}

/** A payload key is wrapped for its subject and month, so that no row can lend its key to another. */
export const payloadKeyIdentity = (of: Subject, keyId: Uint8Array): Uint8Array =>
  identityOf("payload-key", of.tenant, of.subject, of.month, keyId);

/** A payload key at hand. */
class HeldPayloadKey implements PayloadKey {
  readonly tenant: string;
  readonly changes: readonly Change[];
  readonly writes: readonly string[];
  readonly #keyId: Uint8Array;
  readonly #key: LiveKey;

  constructor(keyId: Uint8Array, key: LiveKey, changes: readonly Change[], writes: readonly string[]) {
    this.tenant = key.tenant;
    this.#keyId = keyId;
    this.#key = key;
    this.changes = changes;
    this.writes = writes;
  }

  seal(payload: Uint8Array): SealedPayload {
    return sealPayload(this.#key.bytes, this.#keyId, payload);
  }

  wipe(): void {
    this.#key.wipe();
  }
}

/** Keys of ledger payloads: every operation asks for one, nearly always the same. */
export class PayloadKeys {
  readonly #keks: Keks;
  readonly #held: KeyCache<HeldPayloadKey>;

  constructor(keks: Keks, limits: KeyCacheLimits) {
    this.#keks = keks;
    this.#held = new KeyCache(limits);
  }

  readonly of: PayloadKeyOf = ({ tenant, actor }, now, reads) => {
    const month = monthOf(now);
    const footprint = payloadKeyFootprint(tenant, actor, month);
    reads.touch(footprint);
    return this.#held.get(footprint) ?? this.#loadOrCreate({ tenant, subject: actor, month }, footprint, reads);
  };

  /** The key's row under the active KEK. */
  rewrapped(ring: KekRing, key: PayloadKeyRow): Change {
    const wrapped = this.#keks.rewrap(ring, key, payloadKeyIdentity(key, key.keyId));
    return put(key, key.keyId, ring, wrapped, key.rev);
  }

  drop(footprint: string): void {
    this.#held.drop(footprint);
  }

  dropExpired(): void {
    this.#held.dropExpired();
  }

  clear(): void {
    this.#held.clear();
  }

  async #loadOrCreate(subject: Subject, footprint: string, reads: Reads): Promise<PayloadKey> {
    const { drops } = this.#held;
    const key = { tenant: subject.tenant, subject: subject.subject, month: subject.month };
    const stored = await reads.row(payloadKeysTable, key);
    const ring = await this.#keks.ring(reads, subject.tenant);
    if (stored === undefined) return this.#create(subject, footprint, ring);
    const row = payloadKeyRowOf(stored);
    const bytes = this.#keks.unwrap(
      ring.byVersion.get(row.kekVersion),
      row.wrapped,
      payloadKeyIdentity(subject, row.keyId),
    );
    const held = new HeldPayloadKey(row.keyId, new LiveKey(subject.tenant, bytes), NOTHING, NOTHING);
    this.#held.keep(footprint, held, drops);
    return held;
  }

  /** Not kept: whoever commits first decides which key the month has; the others plan again and find it. */
  #create(subject: Subject, footprint: string, ring: KekRing): PayloadKey {
    const keyId = random(KEY_ID_BYTES);
    const bytes = random(KEY_BYTES);
    const wrapped = this.#keks.wrap(ring.active, bytes, payloadKeyIdentity(subject, keyId));
    const change = put(subject, keyId, ring, wrapped, 0);
    return new HeldPayloadKey(keyId, new LiveKey(subject.tenant, bytes), [change], [footprint]);
  }
}

function put(of: Subject, keyId: Uint8Array, ring: KekRing, wrapped: Uint8Array, expect: number): Change {
  const { tenant, subject, month } = of;
  const row = { tenant, subject, month, key_id: keyId, kek_version: ring.active.version, wrapped };
  return { put: payloadKeysTable, row, expect };
}
