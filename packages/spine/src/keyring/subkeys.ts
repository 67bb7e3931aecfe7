import { hkdfSync } from "node:crypto";

/** Keys derived from the root key, one for each purpose, so that none can stand in for another. */
export interface Subkeys {
  /** Binds rows to their ledger entry. */
  readonly stateMac: Uint8Array;
  /** Turns bearer tokens into what is stored of them. */
  readonly tokens: Uint8Array;
  readonly idempotency: Uint8Array;
  /** Seals page cursors, which may name a path that the caller must not see. */
  readonly cursors: Uint8Array;
  /** Names what nodes count together, where others may read it. */
  readonly rateLimits: Uint8Array;
  /** Makes ids of alerts from what was found, where others may read them. */
  readonly alertIds: Uint8Array;
  readonly kekSeal: Uint8Array;
  readonly serverKeySeal: Uint8Array;
  /** Names the root key in what it seals; tells nothing about it. */
  readonly rootKeyId: Uint8Array;
}

const KEY_BYTES = 32;
const ID_BYTES = 16;
const NO_SALT = new Uint8Array(0);

/** HKDF-SHA-256 (RFC 5869) with an info string of its own for each purpose. */
export function deriveSubkeys(rootKey: Uint8Array): Subkeys {
  if (rootKey.byteLength !== KEY_BYTES) throw new Error("a root key has 32 bytes");
  const derive = (purpose: string, length = KEY_BYTES) =>
    new Uint8Array(hkdfSync("sha256", rootKey, NO_SALT, `holdfast/${purpose}/1`, length));
  return {
    stateMac: derive("state-mac"),
    tokens: derive("tokens"),
    idempotency: derive("idempotency"),
    cursors: derive("cursors"),
    rateLimits: derive("rate-limits"),
    alertIds: derive("alert-ids"),
    kekSeal: derive("kek-seal"),
    serverKeySeal: derive("server-key-seal"),
    rootKeyId: derive("root-key-id", ID_BYTES),
  };
}
