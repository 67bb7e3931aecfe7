import { resolve } from "node:path";
import type { MovedInstallation } from "@holdfast/server";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { usage } from "../../failure.ts";
import { textOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { orFailure } from "../storage/failure-of-storage.ts";
import { storageEnvironment, storageUrlOption, warnOfUnknown } from "../storage/storage-environment.ts";
import { moveProgress } from "./move-progress.ts";
import { showMove } from "./show-move.ts";

/** Moves ledger and state from PostgreSQL into a data folder. */
export const postgresToSqlite: Command = {
  words: ["migrate", "postgres-to-sqlite"],
  summary: "Move an installation from PostgreSQL into a data folder",
  details:
    "Verifies the database, copies everything byte for byte, and verifies the copy, which gets its name last. Stop all " +
    "nodes first. Ended in the middle, it goes on where it was when it is run again. The database is never changed, and a " +
    "folder that holds one already is never written over. The root key is the one of the nodes: HOLDFAST_ROOT_KEY_FILE, " +
    "HOLDFAST_ROOT_KEY, or root.key in the folder.",
  options: [{ name: "data-dir", value: "dir", summary: "data folder to make (required)" }, storageUrlOption],
  examples: [
    {
      command: "holdfast migrate postgres-to-sqlite --data-dir /var/lib/holdfast",
      says: "from the database that HOLDFAST_STORAGE_URL names, with HOLDFAST_ROOT_KEY_FILE as the nodes have it",
    },
  ],
  async run(context, given) {
    const dataDir = textOption(given, "data-dir");
    if (dataDir === undefined) throw usage("--data-dir is missing", "name the folder that is to be made");
    const { moveToSqlite, unknownSettings } = await import("@holdfast/server");
    warnOfUnknown(context, unknownSettings(context.env));
    const bar = moveProgress(context.output);
    const env = storageEnvironment(context, given);
    const moved = await orFailure(moveToSqlite({ env, onProgress: bar.show })).finally(bar.end);
    const folder = resolve(context.workingFolder, dataDir);
    print(context, moved, () => showMove(moved, context.output.style, next(moved, folder)));
    return moved.ok ? undefined : exitCodes.failed;
  },
};

function next({ from, rootKeyFile }: MovedInstallation, folder: string): readonly string[] {
  const key = rootKeyFile === undefined ? "HOLDFAST_ROOT_KEY" : `HOLDFAST_ROOT_KEY_FILE=${rootKeyFile}`;
  return [
    `start the server without HOLDFAST_STORAGE_URL: holdfast up --data-dir ${folder}`,
    rootKeyFile?.startsWith(`${folder}/`) === true
      ? `its root key lies beside the data: ${rootKeyFile}`
      : `with the root key of the nodes: ${key}; or as ${folder}/root.key, with mode 600`,
    `never start a node on ${from} again: keep it as a backup, or drop it`,
  ];
}
