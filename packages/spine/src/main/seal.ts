import type { RootKeySource } from "./root-key.ts";

type Seal = RootKeySource["kind"];
type StorageKind = "sqlite" | "postgres";

/** What `status` says of each seal. */
const DETAILS: Readonly<Record<Seal, string>> = {
  environment: "the root key came with the server's environment, and was taken out of it",
  file: "the root key lies in a file that HOLDFAST_ROOT_KEY_FILE names",
  development: "development seal: the root key lies in a file beside the data",
};

/** What each seal means, said at every start. */
const LINES: Readonly<Record<Seal, string>> = {
  environment: "environment: the root key was given by HOLDFAST_ROOT_KEY",
  file: "file: the root key lies in the file that HOLDFAST_ROOT_KEY_FILE names",
  development: "development: the root key lies in root.key beside the data, so a copy of the folder opens everything",
};

export function sealDetail(seal: Seal, storage: StorageKind): string {
  if (seal !== "development" || storage === "sqlite") return DETAILS[seal];
  return "development seal: the root key lies in a file in the data folder, and every node needs the same one";
}

export function sealLine(seal: Seal, storage: StorageKind): string {
  if (seal !== "development" || storage === "sqlite") return LINES[seal];
  return "development: the root key lies in root.key in the data folder; every further node needs the same key";
}
