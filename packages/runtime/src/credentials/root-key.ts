import { random } from "@holdfast/engine/crypto";
import { fromHex, toHex } from "@holdfast/kernel/bytes";
import type { CredentialStore } from "./credential-store.ts";

const ROOT_KEY_BYTES = 32;

/** What a root key looks like where an operator wrote it. */
export const rootKeyForm = /^[0-9a-fA-F]{64}$/;

/** Name of the root key in every credential store. */
export const rootKeyName = "root-key";

/** The root key, or why there is none. */
export type RootKeyFound =
  | { readonly ok: true; readonly key: Uint8Array; readonly isNew: boolean }
  | { readonly ok: false; readonly message: string; readonly hint: string };

/**
 * The root key from a credential store. A new one is made only where there is no ledger yet and the store says that it has
 * none: a store that does not answer is no reason to make a key that opens nothing.
 */
export async function rootKeyFrom(store: CredentialStore, hasLedger: boolean): Promise<RootKeyFound> {
  const read = await store.read(rootKeyName);
  if (read.kind === "found") return parsed(store, read.secret);
  if (read.kind === "failed") {
    const hint = read.hint ?? "Make the store available, and start again.";
    return refused(`The root key cannot be read: ${read.reason}.`, hint);
  }
  if (hasLedger) {
    const message = `There is a ledger already, and its root key is not in the credential store (${store.kind}).`;
    return refused(message, `Put the key there that the ledger was begun with: ${store.howToProvide(rootKeyName)}.`);
  }
  if (store.write === undefined) {
    const message = `There is no root key in the credential store (${store.kind}), and none can be written there.`;
    return refused(message, `Make 32 random bytes in hexadecimal: ${store.howToProvide(rootKeyName)}.`);
  }
  return created(store, store.write);
}

function parsed(store: CredentialStore, text: string): RootKeyFound {
  const hex = text.trim().toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return { ok: true, key: fromHex(hex), isNew: false };
  const message = `The root key in the credential store (${store.kind}) is not 32 bytes in hexadecimal.`;
  return refused(message, "Put the original key back.");
}

/** Read back before anything is encrypted with it: what the store does not give back is lost. */
async function created(store: CredentialStore, write: NonNullable<CredentialStore["write"]>): Promise<RootKeyFound> {
  const hex = toHex(random(ROOT_KEY_BYTES));
  const written = await write(rootKeyName, hex);
  const read = await store.read(rootKeyName);
  if (read.kind === "found") {
    // Another process may have been first: its key counts.
    const found = parsed(store, read.secret);
    return found.ok ? { ...found, isNew: written.ok } : found;
  }
  const why = written.ok ? "it does not give back what was stored" : written.reason;
  return refused(
    `The root key cannot be kept in the credential store (${store.kind}): ${why}.`,
    "Set credentials.store to another one.",
  );
}

function refused(message: string, hint: string): RootKeyFound {
  return { ok: false, message, hint };
}
