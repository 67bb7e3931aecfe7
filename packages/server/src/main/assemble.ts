import type { CommitterDependencies, Logger } from "@holdfast/engine";
import type { Feature, Hardening } from "@holdfast/runtime";
import { assemble as assembleSpine, type Assembly, definition, type Program, rootKeyPlace } from "@holdfast/spine";
import { registryOperations, resourceAt, standingTree } from "../registry/index.ts";
import type { Configuration } from "./configuration.ts";
import type { DataFolder } from "./data-folder.ts";
import { createLimits } from "./limits.ts";
import { reachLedger } from "./reach-ledger.ts";
import { type StoragePlace, verifiedAt } from "./storage-place.ts";

const MAX_VALUE_BYTES = 1024 * 1024;

export interface AssemblyOptions {
  readonly configuration: Configuration;
  readonly folder: DataFolder;
  readonly log: Logger;
  readonly hardening: Hardening;
  /** Parts beside the ledger, for `status`. */
  readonly features?: () => readonly Feature[];
  /** What benchmarks replace. */
  readonly dependencies?: CommitterDependencies;
}

/** What the server is beside what every ledger has: the registry. */
const server: Omit<Program, "features"> = {
  name: "server",
  furnish: standingTree,
  resourceAt,
  operations: ({ keyring }) => registryOperations(definition, { keyring, maxValueBytes: MAX_VALUE_BYTES }),
};

/** A server without its listeners. */
export function assemble({ configuration, folder, features, ...given }: AssemblyOptions): Promise<Assembly> {
  return assembleSpine({
    ...given,
    folder,
    settings: configuration,
    rootKey: rootKeyPlace(folder, configuration.rootKey),
    program: { ...server, features: features ?? (() => []) },
    storage: {
      reach: () => reachLedger(configuration, folder),
      verified: verifiedAt(storagePlaceOf(configuration, folder)),
      hasReserve: configuration.storage === undefined,
    },
    limits: (secret) => createLimits(configuration, secret, given.log),
  });
}

const storagePlaceOf = ({ storage }: Configuration, { database }: DataFolder): StoragePlace =>
  storage === undefined ? { kind: "sqlite", database } : { kind: "postgres", settings: storage };
