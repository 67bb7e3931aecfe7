/** Front door of the keyring: root key → KEKs → DEKs and payload keys. */
export type { Cursors } from "./cursors.ts";
export { createKeyring, type Keyring, type KeyringOptions } from "./keyring.ts";
export type { KeyCacheLimits } from "./key-cache.ts";
export { keyringOperations, keySweep } from "./operations.ts";
export type { Suite } from "./sealed-value.ts";
export { keyringTables, serverKeysTable } from "./store.ts";
export type { Subkeys } from "./subkeys.ts";
export type { SweepOutput } from "./sweep.ts";
export { isSweepDue } from "./sweep-due.ts";
