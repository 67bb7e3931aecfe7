import { type Availability, type CredentialStore, type CredentialStoreKind, unavailable } from "./credential-store.ts";
import { fileStore, type FileStoreOptions } from "./file-store.ts";
import { keychainStore } from "./keychain-store.ts";
import { secretServiceStore } from "./secret-service-store.ts";
import { systemdCredsStore } from "./systemd-creds-store.ts";
import { systemdStore } from "./systemd-store.ts";

/** What the operator asked for; `auto` takes the best store that there is. */
export type CredentialStoreSetting = "auto" | CredentialStoreKind | "credential-manager";

/** Where stores are looked for. */
export interface CredentialPlaces {
  /** Such as `holdfast-agent`: part of the names of secrets outside the data folder. */
  readonly program: string;
  /** The folder of secrets in files, and how those are kept. */
  readonly inFiles: FileStoreOptions;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly uid?: number | undefined;
  readonly toolFolders?: readonly string[];
}

/** A store that is not used, and why: one that is missing is a reported state, never a silent pass. */
export interface PassedOver {
  readonly kind: CredentialStoreSetting;
  readonly why: string;
}

/** The store that is used, or why there is none. */
export type ChosenStore =
  | {
      readonly ok: true;
      readonly store: CredentialStore;
      readonly why: string;
      readonly passedOver: readonly PassedOver[];
    }
  | { readonly ok: false; readonly message: string; readonly hint: string; readonly passedOver: readonly PassedOver[] };

/** Without being asked, nothing that root alone can open is written. */
const automatic = ["systemd", "secret-service", "keychain"] as const;

/**
 * The store that holds `secret`, or, where none does yet, the one to keep it in. A store that the operator names and that
 * is not there is refused, not replaced. In `auto`, a secret stays where it is: a keyring that appears later does not hide
 * the key that the data was begun with.
 */
export async function chooseCredentialStore(
  setting: CredentialStoreSetting,
  secret: string,
  places: CredentialPlaces,
): Promise<ChosenStore> {
  if (setting !== "auto") return named(setting, places);
  const passedOver: PassedOver[] = [];
  const inFile = fileStore(places.inFiles);
  let writable: CredentialStore | undefined;
  for (const kind of automatic) {
    const { store, why } = await probe(kind, secret, places);
    if (store !== undefined && why === undefined) {
      return { ok: true, store, why: `it holds ${secret}`, passedOver };
    }
    if (store?.write !== undefined) writable ??= store;
    passedOver.push({ kind, why: why ?? "it holds no such secret" });
  }
  if (process.platform === "win32" || places.platform === "win32") passedOver.push(noCredentialManager);
  if (writable === undefined) return { ok: true, store: inFile, why: "there is no better store here", passedOver };
  const there = await inFile.read(secret);
  if (there.kind !== "absent") return { ok: true, store: inFile, why: `it holds ${secret}`, passedOver };
  const others = passedOver.filter(({ kind }) => kind !== writable.kind);
  return { ok: true, store: writable, why: "it is the best store here that can be written", passedOver: others };
}

const noCredentialManager: PassedOver = {
  kind: "credential-manager",
  why: "the Windows Credential Manager is not supported: its tool takes secrets as arguments, which every process can see",
};

function named(setting: Exclude<CredentialStoreSetting, "auto">, places: CredentialPlaces): ChosenStore {
  const availability = availabilityOf(setting, places);
  if (availability.isAvailable) return { ok: true, store: availability.store, why: "it was asked for", passedOver: [] };
  const { why } = availability;
  return {
    ok: false,
    message: `The credential store ${setting} cannot be used: ${why}.`,
    hint: "Set credentials.store to auto, to file, or to one that is there.",
    passedOver: [{ kind: setting, why }],
  };
}

/** The store when it holds the secret; with `why`, when it does not. A store that fails cannot be written to either. */
async function probe(
  kind: (typeof automatic)[number],
  secret: string,
  places: CredentialPlaces,
): Promise<{ readonly store?: CredentialStore; readonly why?: string }> {
  const availability = availabilityOf(kind, places);
  if (!availability.isAvailable) return { why: availability.why };
  const read = await availability.store.read(secret);
  if (read.kind === "found") return { store: availability.store };
  if (read.kind === "failed") return { why: read.reason };
  return { store: availability.store, why: `it holds no ${secret}` };
}

function availabilityOf(kind: Exclude<CredentialStoreSetting, "auto">, places: CredentialPlaces): Availability {
  const { program, inFiles, environment, platform = process.platform, toolFolders } = places;
  const { folder } = inFiles;
  const uid = "uid" in places ? places.uid : process.geteuid?.();
  const tools = toolFolders === undefined ? {} : { toolFolders };
  switch (kind) {
    case "systemd":
      return systemdStore(program, environment);
    case "systemd-creds":
      return systemdCredsStore(program, { folder, environment, uid, ...tools });
    case "secret-service":
      return secretServiceStore(program, { folder, environment, ...tools });
    case "keychain":
      return keychainStore(program, { folder, platform, ...tools });
    case "file":
      return { isAvailable: true, store: fileStore(inFiles) };
    case "credential-manager":
      return unavailable(noCredentialManager.why);
  }
}
