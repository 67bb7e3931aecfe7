import { existsSync } from "node:fs";
import type { PostgresSettings } from "@holdfast/postgres";
import { createKeyring } from "@holdfast/spine/keyring";
import { checkpointPlaces, readOrCreateRootKey, startVerify } from "@holdfast/spine";
import { type Configuration, configurationFrom } from "../configuration.ts";
import type { Environment } from "@holdfast/runtime";
import { StartFailure } from "@holdfast/runtime";
import { type DataFolder, dataFolderAt } from "../data-folder.ts";
import { tables } from "../tables.ts";
import { type StoragePlace, verifiedAt } from "../storage-place.ts";
import type { CopySource, CopyTarget } from "./copy.ts";
import { storageOf } from "./explained.ts";
import { identityOf } from "./identity.ts";
import { type MoveReport, move, type OnProgress } from "./move.ts";
import { StorageRefused } from "./storage-refused.ts";

export interface MoveOptions {
  /** Settings, as a server takes them: data folder, storage, root key. */
  readonly env: Environment;
  readonly onProgress: OnProgress;
}

/** What came of a move, and where everything is that belongs to it. */
export interface MovedInstallation extends MoveReport {
  /** Path of a database file, or host, port and name of a database. */
  readonly from: string;
  readonly to: string;
  /** File of the root key that belongs to both; undefined when it came by the environment. */
  readonly rootKeyFile: string | undefined;
}

/** Both places that an installation can lie in, and what opens it. */
export interface Installation {
  readonly configuration: Configuration;
  readonly settings: PostgresSettings;
  readonly folder: DataFolder;
  readonly rootKeyFile: string | undefined;
}

export function installationOf(env: Environment): Installation {
  const configuration = configurationFrom(env);
  const folder = dataFolderAt(configuration.dataDir);
  const { rootKey } = configuration;
  const files = {
    environment: undefined,
    file: rootKey.kind === "file" ? rootKey.path : "",
    development: folder.rootKey,
  };
  return { configuration, settings: storageOf(configuration), folder, rootKeyFile: files[rootKey.kind] };
}

/** The root key of what is there already: it is not in the database, and a new one would open nothing. */
export function rootKeyOf({ configuration, folder, rootKeyFile }: Installation): Uint8Array {
  if (rootKeyFile !== undefined && !existsSync(rootKeyFile)) {
    throw new StorageRefused(
      "not_configured",
      `There is no root key at ${rootKeyFile}.`,
      "Set HOLDFAST_ROOT_KEY_FILE, or HOLDFAST_ROOT_KEY, to the key that the data was made with.",
    );
  }
  return readOrCreateRootKey(folder, configuration.rootKey, true);
}

/** Moves between two places that are open; checkpoints that were published have to be in the ledger. */
export async function moveBetween(
  installation: Installation,
  from: { readonly source: CopySource; readonly place: StoragePlace },
  to: { readonly target: CopyTarget; readonly place: () => StoragePlace },
  onProgress: OnProgress,
): Promise<MoveReport> {
  const { source } = from;
  const { configuration, folder } = installation;
  const rootKey = rootKeyOf(installation);
  const identity = await identityOf(source, createKeyring({ rootKey, suite: 1 }));
  const { known } = checkpointPlaces(folder.checkpoint, configuration.checkpointDir, identity);
  const { size, root } = source.head;
  insistNewest(size, Math.max(0, ...known.map((head) => head.size)), installation);
  return move({
    source,
    target: to.target,
    tables,
    verifySource: () => startVerify({ ...identity, known }, verifiedAt(from.place), rootKey, true),
    verifyTarget: () =>
      startVerify({ ...identity, known: [...known, { size, root }] }, verifiedAt(to.place()), rootKey, true),
    onProgress,
  });
}

/** As at a start: a ledger that was put back to an older state is not moved. */
function insistNewest(size: number, knownSize: number, { folder, configuration }: Installation): void {
  if (size >= knownSize) return;
  throw new StartFailure(
    "database_rolled_back",
    `The ledger has ${size} entries; a ledger of ${knownSize} is known from elsewhere.`,
    `Move the newest state instead; if this one is meant to stand, move its checkpoint away: ${folder.checkpoint}, and the file of its name in ${configuration.checkpointDir}.`,
  );
}
