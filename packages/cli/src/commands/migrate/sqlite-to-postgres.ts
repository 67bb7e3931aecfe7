import type { MovedInstallation } from "@holdfast/server";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { print } from "../../terminal/print.ts";
import { orFailure } from "../storage/failure-of-storage.ts";
import { storageEnvironment, storageUrlOption, warnOfUnknown } from "../storage/storage-environment.ts";
import { moveProgress } from "./move-progress.ts";
import { showMove } from "./show-move.ts";

/** Moves a data folder's ledger and state into PostgreSQL. */
export const sqliteToPostgres: Command = {
  words: ["migrate", "sqlite-to-postgres"],
  summary: "Move an installation from its data folder into PostgreSQL",
  details:
    "Verifies the data folder, copies everything byte for byte, and verifies the copy; only then does a server start on it. " +
    "Stop the server first. Ended in the middle, it goes on where it was when it is run again. The folder is never changed, " +
    "and no database that holds anything else is written to. Connect as the role that is to own the tables.",
  options: [{ name: "data-dir", value: "dir", summary: "data folder to move (HOLDFAST_DATA_DIR)" }, storageUrlOption],
  examples: [
    {
      command: "holdfast migrate sqlite-to-postgres --data-dir .holdfast",
      says: "into the database that HOLDFAST_STORAGE_URL names, its password in HOLDFAST_STORAGE_PASSWORD_FILE",
    },
  ],
  async run(context, given) {
    const { moveToPostgres, unknownSettings } = await import("@holdfast/server");
    warnOfUnknown(context, unknownSettings(context.env));
    const bar = moveProgress(context.output);
    const env = storageEnvironment(context, given);
    const moved = await orFailure(moveToPostgres({ env, onProgress: bar.show })).finally(bar.end);
    print(context, moved, () => showMove(moved, context.output.style, next(moved)));
    return moved.ok ? undefined : exitCodes.failed;
  },
};

function next({ from, rootKeyFile }: MovedInstallation): readonly string[] {
  const key = rootKeyFile === undefined ? "the one that is set here" : `${rootKeyFile}, by HOLDFAST_ROOT_KEY_FILE`;
  return [
    "let nodes connect as a role that owns nothing: holdfast storage grant --role NAME",
    `give every node the root key: ${key}; it is not in the database, so keep a copy apart from it`,
    "start each node with that role and its password in HOLDFAST_STORAGE_URL and HOLDFAST_STORAGE_PASSWORD_FILE: holdfast up",
    `never start a server on ${from} again: keep it as a backup, or move it away`,
  ];
}
