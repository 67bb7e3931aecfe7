import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** A data folder of its own, with its own second place for checkpoints. */
export interface Folder {
  readonly path: string;
  readonly database: string;
  readonly socket: string;
  /** What a server on this folder is started with; limits on rates are off, all else is as it comes. */
  readonly env: Readonly<Record<string, string>>;
}

export function folderIn(parent: string, name: string): Folder {
  const path = join(parent, name, "data");
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return {
    path,
    database: join(path, "holdfast.db"),
    socket: join(path, "socket"),
    env: {
      HOLDFAST_DATA_DIR: path,
      HOLDFAST_CHECKPOINT_DIR: join(parent, name, "checkpoints"),
      HOLDFAST_HTTP_ADDR: "127.0.0.1:0",
      HOLDFAST_RATE_LIMIT: "0",
      // What is measured is the server; its agent has measurements of its own.
      HOLDFAST_AGENT: "off",
    },
  };
}

/** Copies a folder on which nothing runs, in the place of an earlier copy of that name. */
export function copyFolder(from: Folder, parent: string, name: string): Folder {
  rmSync(join(parent, name), { recursive: true, force: true });
  const to = folderIn(parent, name);
  for (const variable of ["HOLDFAST_DATA_DIR", "HOLDFAST_CHECKPOINT_DIR"] as const) {
    cpSync(from.env[variable]!, to.env[variable]!, { recursive: true, filter: (source) => source !== from.socket });
  }
  return to;
}
