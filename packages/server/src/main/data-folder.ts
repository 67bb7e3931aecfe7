import { accessSync, constants, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { StartFailure } from "./start-failure.ts";

const PRIVATE_FOLDER = 0o700;
const OTHERS = 0o077;

/** Where things are in a data folder. */
export interface DataFolder {
  readonly path: string;
  readonly database: string;
  readonly socket: string;
  readonly ca: string;
  readonly rootKey: string;
  readonly checkpoint: string;
}

export function dataFolderAt(path: string): DataFolder {
  return {
    path,
    database: join(path, "holdfast.db"),
    socket: join(path, "socket"),
    ca: join(path, "ca.pem"),
    rootKey: join(path, "root.key"),
    checkpoint: join(path, "checkpoint"),
  };
}

/** Creates the folder when absent and insists that only its owner can look into it. */
export function openDataFolder(path: string): DataFolder {
  const folder = dataFolderAt(path);
  try {
    makeFolder(path);
  } catch (cause) {
    throw unusable(path, "cannot be created", cause);
  }
  insistPrivate(path);
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    // The folder may stand inside a checkout: nothing in it is ever to be committed.
    writeFileSync(join(path, ".gitignore"), "*\n", { mode: 0o600 });
  } catch (cause) {
    throw unusable(path, "is not writable", cause);
  }
  return folder;
}

/** Not mkdir's own `recursive`: it never returns where a file system takes no new folder, such as in /proc. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: PRIVATE_FOLDER });
  } catch (cause) {
    // Another process may have made it just now.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw cause;
  }
}

function insistPrivate(path: string): void {
  const { mode, uid } = statSync(path);
  if ((mode & OTHERS) !== 0) {
    throw new StartFailure(
      "data_folder",
      `The data folder ${path} is open to other users (mode ${(mode & 0o777).toString(8)}).`,
      `Close it with: chmod 700 ${path}`,
    );
  }
  if (uid !== process.getuid?.()) {
    throw new StartFailure(
      "data_folder",
      `The data folder ${path} belongs to another user (uid ${uid}).`,
      "Start the server as its owner, or name another folder with HOLDFAST_DATA_DIR.",
    );
  }
}

function unusable(path: string, problem: string, cause: unknown): StartFailure {
  const hint = "Name a folder of your own with HOLDFAST_DATA_DIR, or mend its permissions.";
  return new StartFailure("data_folder", `The data folder ${path} ${problem}.`, hint, cause);
}
