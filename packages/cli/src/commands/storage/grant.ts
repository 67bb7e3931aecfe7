import type { Command } from "../../command.ts";
import { usage } from "../../failure.ts";
import { textOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";
import { orFailure } from "./failure-of-storage.ts";
import { storageEnvironment, storageUrlOption, warnOfUnknown } from "./storage-environment.ts";

/** Gives the role that nodes connect as what they need. */
export const storageGrant: Command = {
  words: ["storage", "grant"],
  summary: "Give a role of the database what a node needs, and nothing else",
  details:
    "As the owner of the tables; the role has to exist. What else it was given on Holdfast's tables is taken away: it can " +
    "add entries, but neither change nor remove one, and make no tables.",
  options: [{ name: "role", value: "name", summary: "the role that nodes connect as (required)" }, storageUrlOption],
  examples: [
    {
      command: "holdfast storage grant --role holdfast_node --storage-url postgres://owner@db.example:5432/holdfast",
      says: "once: storage migrate keeps the role's rights in step from then on",
    },
  ],
  async run(context, given) {
    const role = textOption(given, "role");
    if (role === undefined || role === "") throw usage("--role is missing", "name the role that nodes connect as");
    const { grantStorage, unknownSettings } = await import("@holdfast/server");
    warnOfUnknown(context, unknownSettings(context.env));
    const granted = await orFailure(grantStorage(storageEnvironment(context, given), role));
    print(context, granted, ({ place }) => `${printable(role)} has what a node needs on ${place}\n`);
    return undefined;
  },
};
