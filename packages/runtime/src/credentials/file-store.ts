import { join } from "node:path";
import { type CredentialRead, type CredentialStore, MAX_SECRET_BYTES } from "./credential-store.ts";
import { type OwnFile, readOwnFile } from "./read-own-file.ts";
import { replaceSecretFile } from "./replace-secret-file.ts";
import { looksSealed, MAX_SEALED_FILE_BYTES, type SealBinding } from "./sealed-file.ts";
import type { SecretSealer } from "./secret-sealer.ts";
import { writeSecretFile } from "./write-secret-file.ts";

/** How a store of files keeps them. */
export interface FileStoreOptions {
  readonly folder: string;
  /** Files that do not lie in the folder under their own name. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  readonly sealer: SecretSealer;
  /** What a secret looks like, by its name; one that does not is never sealed in place, so that its owner can see what it is. */
  readonly forms?: Readonly<Record<string, RegExp>> | undefined;
  /** Whoever only looks leaves files as they are. */
  readonly isReadOnly?: boolean | undefined;
  /** Hears of each file that was sealed in place, or that could not be and lies there as it was. */
  readonly onSealed?: ((path: string, outcome: SealedInPlace) => void) | undefined;
}

/** What became of a file that was plain, or sealed with what is not in use any more. */
export type SealedInPlace =
  | { readonly ok: true; readonly binding: SealBinding; readonly was: "plain" | "sealed" }
  | { readonly ok: false; readonly was: "plain" | "sealed"; readonly reason: string };

/** Secrets in files of their own, each sealed. A plain one is taken as it is, and sealed where it lies. */
export function fileStore(options: FileStoreOptions): CredentialStore {
  const { folder, files = {}, sealer } = options;
  const placeOf = (name: string): string => (Object.hasOwn(files, name) ? files[name]! : join(folder, name));
  return {
    kind: "file",
    description: describe(folder, sealer),
    howToProvide: (name) =>
      `write it to ${placeOf(name)}, and chmod 600 that file${sealer.binding === undefined ? "" : "; it is sealed when it is read"}`,
    read: async (name) => read(name, placeOf(name), options),
    write: async (name, secret) => writeSecretFile(placeOf(name), sealer.seal(name, secret) ?? `${secret}\n`),
  };
}

function read(name: string, path: string, options: FileStoreOptions): CredentialRead {
  const file = readOwnFile(path, MAX_SEALED_FILE_BYTES);
  if (file.kind !== "found") return file;
  if (!looksSealed(file.text)) return readPlain(name, path, file, options);
  const opened = options.sealer.open(name, file.text);
  if (!opened.ok) return { kind: "failed", reason: `${path} ${opened.reason}`, hint: opened.hint };
  if (!opened.isCurrent) sealInPlace({ name, path, file, secret: opened.secret, was: "sealed" }, options);
  return { kind: "found", secret: opened.secret };
}

function readPlain(name: string, path: string, file: Found, options: FileStoreOptions): CredentialRead {
  const secret = file.text.replace(/\r?\n$/, "");
  if (secret === "") return { kind: "failed", reason: `${path} is empty` };
  if (Buffer.byteLength(file.text) > MAX_SECRET_BYTES) {
    return { kind: "failed", reason: `${path} has more than ${MAX_SECRET_BYTES} bytes` };
  }
  // A file that was damaged, or stored in another encoding, sealed or not: it must not become somebody's password.
  if (/[\0\uFFFD]/.test(file.text)) return { kind: "failed", reason: `${path} is no UTF-8 text, or is damaged` };
  const isWhole = options.forms?.[name]?.test(secret.trim()) ?? true;
  if (isWhole) sealInPlace({ name, path, file, secret, was: "plain" }, options);
  return { kind: "found", secret };
}

type Found = OwnFile & { kind: "found" };

interface InPlace {
  readonly name: string;
  readonly path: string;
  readonly file: Found;
  readonly secret: string;
  readonly was: "plain" | "sealed";
}

/** Opened once more before it takes the place of what it was made from: what does not open would be lost. */
function sealInPlace({ name, path, file, secret, was }: InPlace, options: FileStoreOptions): void {
  const { sealer, isReadOnly = false, onSealed } = options;
  const text = isReadOnly ? undefined : sealer.seal(name, secret);
  if (text === undefined || sealer.binding === undefined) return;
  const opened = sealer.open(name, text);
  const isGood = opened.ok && opened.secret === secret;
  const written = isGood
    ? replaceSecretFile(path, text, file.stats)
    : ({ ok: false, reason: "it would not open" } as const);
  onSealed?.(path, written.ok ? { ok: true, was, binding: sealer.binding } : { ...written, was });
}

/** What a key protects that lies beside what it opens, or in another place of the same host, is little, and is said. */
function describe(folder: string, { binding, why }: SecretSealer): string {
  const place = `files below ${folder}`;
  switch (binding) {
    case undefined:
      return `${place}, not encrypted: there is no passphrase, and this host has no id to seal them to (${why}), so that whoever has a copy of them can read them`;
    case "passphrase":
      return `${place}, encrypted under a passphrase: whoever has a copy of them and not the passphrase opens nothing; root and the agent's user on this host can open them`;
    default:
      return `${place}, encrypted and bound to this host (${binding}): a copy of the folder alone opens nowhere else; root and the agent's user on this host can open them, and so can whoever has ${binding === "machine-id product-uuid" ? "a copy of the whole disk and the machine's product UUID" : "a copy of the whole disk"}`;
  }
}
