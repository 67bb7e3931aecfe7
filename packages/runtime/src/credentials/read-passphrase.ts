import { realpathSync } from "node:fs";
import { dirname, sep } from "node:path";
import type { SecretReference } from "../configuration/field.ts";
import type { CredentialRead } from "./credential-store.ts";
import { readSecretFile } from "./read-secret-file.ts";
import { systemdStore } from "./systemd-store.ts";

/** A dozen random letters are out of reach at what one guess costs; fewer are not. */
const MIN_CHARACTERS = 12;
const MAX_BYTES = 1_024;

/** Where a passphrase may lie, and where it must not. */
export interface PassphrasePlaces {
  /** Such as `holdfast-agent`: systemd's credentials begin with it. */
  readonly program: string;
  /** Where the files lie that the passphrase opens. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The passphrase that files of secrets are sealed under: from a file elsewhere, or from systemd's credentials. */
export async function readPassphrase(reference: SecretReference, places: PassphrasePlaces): Promise<CredentialRead> {
  const read = reference.kind === "file" ? inFile(reference.path, places) : await handedOver(reference.name, places);
  if (read.kind !== "found") return read;
  // Another encoding would lose most of what makes it hard to guess.
  if (read.secret.includes("\uFFFD")) return failed("it is no UTF-8 text");
  if (Buffer.byteLength(read.secret) > MAX_BYTES) return failed(`it has more than ${MAX_BYTES} bytes`);
  return read.secret.length < MIN_CHARACTERS ? failed(`it has fewer than ${MIN_CHARACTERS} characters`) : read;
}

function inFile(path: string, { folder }: PassphrasePlaces): CredentialRead {
  const read = readSecretFile(path);
  if (read.kind !== "found") return read;
  // Whoever copies the folder would have both.
  return isBelow(path, folder) ? failed(`${path} lies in the folder that it protects`) : read;
}

function isBelow(path: string, folder: string): boolean {
  try {
    return `${dirname(realpathSync(path))}${sep}`.startsWith(`${realpathSync(folder)}${sep}`);
  } catch {
    return false;
  }
}

/** Other stores hold the secrets themselves where they are there. */
async function handedOver(name: string, { program, environment }: PassphrasePlaces): Promise<CredentialRead> {
  const availability = systemdStore(program, environment);
  return availability.isAvailable ? availability.store.read(name) : failed(availability.why);
}

function failed(reason: string): CredentialRead {
  return { kind: "failed", reason };
}
