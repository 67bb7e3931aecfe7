import { openWith, sealWith, type Suite } from "./sealed-value.ts";

/** What a key of the keyring itself is sealed for. */
export interface KeyPurpose {
  readonly purpose: "kek" | "server-key";
  /** Empty for keys of the server itself. */
  readonly tenant: string;
  readonly path: string;
  readonly version: number;
}

/** Keys at rest directly under a subkey of the root key, in the sealed-value format with a purpose of their own. */
export interface RootSeal {
  seal(purpose: KeyPurpose, key: Uint8Array): Uint8Array;
  /** Undefined when it was sealed for something else, or under another root key. */
  open(purpose: KeyPurpose, sealed: Uint8Array): Uint8Array | undefined;
}

const contextOf = (purpose: KeyPurpose) => ({ ...purpose, kind: "key", contentType: "application/octet-stream" });

/** The header's DEK id names the root key here, so that what another root key sealed can be told from damage. */
export function createRootSeal(suite: Suite, subkey: Uint8Array, rootKeyId: Uint8Array): RootSeal {
  return {
    seal: (purpose, key) => sealWith(suite, rootKeyId, subkey, contextOf(purpose), key),
    open: (purpose, sealed) => openWith(subkey, contextOf(purpose), sealed),
  };
}
