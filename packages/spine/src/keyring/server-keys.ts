import type { Change, StoredRow } from "@holdfast/engine";
import { random } from "@holdfast/engine/crypto";
import { unusable } from "./keks.ts";
import type { RootSeal } from "./root-seal.ts";
import { serverKeysTable } from "./store.ts";

const SEED_BYTES = 32;

const purposeOf = (name: string) => ({ purpose: "server-key", tenant: "", path: name, version: 1 }) as const;

/** Keys of the server itself, such as the seed that signs the ledger. */
export interface ServerKeys {
  /** A fresh 32-byte seed and the row that holds it; `publicKeyOf` says what others may know of it. */
  create(
    name: string,
    now: number,
    publicKeyOf?: (seed: Uint8Array) => Uint8Array,
  ): { readonly seed: Uint8Array; readonly change: Change };
  open(stored: StoredRow): Uint8Array;
}

export function createServerKeys(seal: RootSeal): ServerKeys {
  return {
    create(name, now, publicKeyOf) {
      const seed = random(SEED_BYTES);
      const sealed = seal.seal(purposeOf(name), seed);
      const row = { name, sealed, public_key: publicKeyOf?.(seed) ?? null, created_at: now };
      return { seed, change: { put: serverKeysTable, row, expect: 0 } };
    },
    open({ row }) {
      const seed = seal.open(purposeOf(row["name"] as string), row["sealed"] as Uint8Array);
      if (seed === undefined) throw unusable("a key of the server does not open");
      return seed;
    },
  };
}
