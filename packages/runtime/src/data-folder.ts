import { accessSync, constants, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { StartFailure } from "./start-failure.ts";

const PRIVATE_FOLDER = 0o700;
const OTHERS = 0o077;

/** What a program keeps in its data folder, and how an operator names another one. */
export interface FolderLayout<Name extends string> {
  /** As sentences for an operator call it. */
  readonly program: "server" | "agent";
  /** The setting that names the folder. */
  readonly setting: string;
  /** What lies in it: file or folder names. */
  readonly files: Readonly<Record<Name, string>>;
}

/** Where things are in a data folder. */
export type DataFolder<Name extends string> = Readonly<Record<Name | "path", string>>;

/** The places in a folder, whether it exists or not. */
export function dataFolderAt<Name extends string>(path: string, { files }: FolderLayout<Name>): DataFolder<Name> {
  const places = Object.entries<string>(files).map(([name, file]) => [name, join(path, file)]);
  return { ...(Object.fromEntries(places) as Record<Name, string>), path };
}

/** Creates the folder when absent and insists that only its owner can look into it. */
export function openDataFolder<Name extends string>(path: string, layout: FolderLayout<Name>): DataFolder<Name> {
  try {
    makeFolder(path);
  } catch (cause) {
    throw unusable(path, "cannot be created", layout.setting, cause);
  }
  insistPrivate(path, layout);
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    // The folder may stand inside a checkout: nothing in it is ever to be committed.
    writeFileSync(join(path, ".gitignore"), "*\n", { mode: 0o600 });
  } catch (cause) {
    throw unusable(path, "is not writable", layout.setting, cause);
  }
  return dataFolderAt(path, layout);
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

function insistPrivate(path: string, { program, setting }: FolderLayout<string>): void {
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
      `Start the ${program} as its owner, or name another folder with ${setting}.`,
    );
  }
}

function unusable(path: string, problem: string, setting: string, cause: unknown): StartFailure {
  const hint = `Name a folder of your own with ${setting}, or mend its permissions.`;
  return new StartFailure("data_folder", `The data folder ${path} ${problem}.`, hint, cause);
}
