import type { SecretReference } from "../configuration/field.ts";
import { type CredentialRead, type CredentialStore, isCredentialName } from "./credential-store.ts";
import { readSecretFile } from "./read-secret-file.ts";

/** The secret that a setting refers to: from its file, or from the credential store. */
export async function readSecret(reference: SecretReference, store: CredentialStore): Promise<CredentialRead> {
  if (reference.kind === "file") return readSecretFile(reference.path);
  if (isCredentialName(reference.name)) return store.read(reference.name);
  return { kind: "failed", reason: "the name of the credential is none" };
}

/** Secrets by their names, read once at the start or at a reload, for readers that cannot wait; and what is missing. */
export async function readCredentials(
  names: readonly string[],
  store: CredentialStore,
): Promise<{ readonly secrets: ReadonlyMap<string, string>; readonly missing: readonly string[] }> {
  const secrets = new Map<string, string>();
  const missing: string[] = [];
  for (const name of new Set(names)) {
    const read = await readSecret({ kind: "credential", name }, store);
    if (read.kind === "found") secrets.set(name, read.secret);
    else missing.push(`${name}: ${read.kind === "failed" ? read.reason : `not there; ${store.howToProvide(name)}`}`);
  }
  return { secrets, missing };
}
