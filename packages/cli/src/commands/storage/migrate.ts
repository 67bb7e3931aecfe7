import type { Command } from "../../command.ts";
import { print } from "../../terminal/print.ts";
import { orFailure } from "./failure-of-storage.ts";
import { storageEnvironment, storageUrlOption, warnOfUnknown } from "./storage-environment.ts";

/** Brings the tables of a shared database up to date. */
export const storageMigrate: Command = {
  words: ["storage", "migrate"],
  summary: "Make the database's tables, or bring them up to date",
  details:
    "As the role that owns them, or is to own them, while nodes go on running. A node that starts as the owner does the " +
    "same by itself; nodes with a role of their own, which may not make tables, wait for this.",
  options: [storageUrlOption],
  examples: [
    {
      command: "holdfast storage migrate --storage-url postgres://owner@db.example:5432/holdfast",
      says: "with the owner's password in HOLDFAST_STORAGE_PASSWORD_FILE",
    },
  ],
  async run(context, given) {
    const { migrateStorage, unknownSettings } = await import("@holdfast/server");
    warnOfUnknown(context, unknownSettings(context.env));
    const prepared = await orFailure(migrateStorage(storageEnvironment(context, given)));
    print(context, prepared, ({ place, found, version }) =>
      found === version
        ? `${place} is up to date: version ${version}\n`
        : `${place} has version ${version} now, it had ${found === 0 ? "none" : found}\n`,
    );
    return undefined;
  },
};
