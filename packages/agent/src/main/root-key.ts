import {
  type CredentialStore,
  readSecret,
  rootKeyFrom,
  rootKeyName,
  type SecretReference,
  StartFailure,
} from "@holdfast/runtime";
import { fromHex } from "@holdfast/kernel/bytes";
import { readRootKey, type RootKeyPlace } from "@holdfast/spine";

/** Where the agent's root key lies: where a setting says, else in the credential store, which makes one for a new ledger. */
export function agentRootKey(reference: SecretReference | undefined, store: CredentialStore): RootKeyPlace {
  if (reference?.kind === "file") {
    const detail = "the root key lies in a file that rootKey names";
    return { kind: "file", detail: () => detail, read: () => readRootKey(reference.path) };
  }
  if (reference === undefined) {
    return { kind: store.kind, detail: () => store.description, read: (hasLedger) => fromStore(store, hasLedger) };
  }
  return { kind: store.kind, detail: () => store.description, read: () => named(reference, store) };
}

async function fromStore(store: CredentialStore, hasLedger: boolean): Promise<Uint8Array> {
  const found = await rootKeyFrom(store, hasLedger);
  if (found.ok) return found.key;
  throw new StartFailure("root_key", found.message, found.hint);
}

async function named(reference: SecretReference & { kind: "credential" }, store: CredentialStore): Promise<Uint8Array> {
  const read = await readSecret(reference, store);
  const hex = read.kind === "found" ? read.secret.trim().toLowerCase() : "";
  if (/^[0-9a-f]{64}$/.test(hex)) return fromHex(hex);
  const problem = read.kind === "failed" ? read.reason : read.kind === "absent" ? "it is not there" : "it is no key";
  throw new StartFailure(
    "root_key",
    `The root key ${reference.name} cannot be taken from the credential store (${store.kind}): ${problem}.`,
    `It is 32 bytes in hexadecimal: ${store.howToProvide(rootKeyName)}.`,
  );
}
