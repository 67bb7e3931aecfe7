import type { PayloadOpener, Storage } from "@holdfast/engine";
import { toHex } from "@holdfast/kernel/bytes";
import { KeyCache, type KeyCacheLimits, LiveKey } from "./key-cache.ts";
import type { Keks } from "./keks.ts";
import { openPayload, payloadKeyIdOf } from "./payload.ts";
import { payloadKeyIdentity } from "./payload-keys.ts";
import { kekOf, keksTable, payloadKeyRowOf, payloadKeysTable } from "./store.ts";

const keySql = "SELECT * FROM payload_keys WHERE key_id = ?";

/**
 * Opens payloads straight from storage, for one query or one run of a verifier: it remembers keys, so make a new one for
 * the next, which will not see what was erased meanwhile.
 */
export function payloadOpener(keks: Keks, storage: Storage, limits: KeyCacheLimits): PayloadOpener {
  const keys = new KeyCache<LiveKey>(limits);

  async function keyOf(keyId: Uint8Array): Promise<LiveKey | undefined> {
    const id = toHex(keyId);
    const known = keys.get(id);
    if (known !== undefined) return known;
    const [stored] = await storage.rows(payloadKeysTable, keySql, [keyId]);
    if (stored === undefined) return undefined;
    const row = payloadKeyRowOf(stored);
    const kek = await storage.row(keksTable, { tenant: row.tenant, version: row.kekVersion });
    if (kek === undefined || kekOf(kek).state === "destroyed") return undefined;
    const key = new LiveKey(row.tenant, keks.unwrap(kekOf(kek), row.wrapped, payloadKeyIdentity(row, row.keyId)));
    keys.keep(id, key, keys.drops);
    return key;
  }

  return async (sealed, commitment) => {
    const keyId = payloadKeyIdOf(sealed);
    if (keyId === undefined) return { ok: false, reason: "damaged" };
    const key = await keyOf(keyId);
    if (key === undefined) return { ok: false, reason: "key_missing" };
    const payload = openPayload(key.bytes, sealed, commitment);
    return payload === undefined ? { ok: false, reason: "damaged" } : { ok: true, payload };
  };
}
