/** Kinds of places for secrets, the better ones first. */
export type CredentialStoreKind = "systemd" | "systemd-creds" | "secret-service" | "keychain" | "file";

/** `failed` is never taken for `absent`: whoever makes a new key because a store did not answer loses the old data. */
export type CredentialRead =
  | { readonly kind: "found"; readonly secret: string }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly reason: string; readonly hint?: string };

/** Whether a secret was written, or why not. */
export type CredentialWrite = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** A place where secrets lie by name. Reasons never hold a secret. */
export interface CredentialStore {
  readonly kind: CredentialStoreKind;
  /** Where secrets lie and what protects them there, in plain words. */
  readonly description: string;
  /** How an operator puts a secret of this name there; the secret itself goes over standard input or into a file. */
  howToProvide(name: string): string;
  read(name: string): Promise<CredentialRead>;
  /** Absent where somebody else provides the secrets. */
  readonly write?: (name: string, secret: string) => Promise<CredentialWrite>;
}

/** A store that can be used on this host, or why not. */
export type Availability =
  | { readonly isAvailable: true; readonly store: CredentialStore }
  | { readonly isAvailable: false; readonly why: string };

/** Bytes of a secret at most; a key has 64, a webhook's address a few hundred. */
export const MAX_SECRET_BYTES = 16_384;

const nameForm = /^[A-Za-z0-9][\w.-]{0,127}$/;

/** Whether a name can be a file's, an attribute's and an argument's without meaning anything else. */
export function isCredentialName(name: string): boolean {
  return nameForm.test(name);
}

/** Says why a store cannot be used. */
export function unavailable(why: string): Availability {
  return { isAvailable: false, why };
}
