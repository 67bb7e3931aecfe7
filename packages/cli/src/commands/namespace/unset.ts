import type { Command } from "../../command.ts";
import { argument } from "../../given.ts";
import { print } from "../../terminal/print.ts";

/** Removes the settings of a folder. */
export const namespaceUnset: Command = {
  words: ["namespace", "unset"],
  summary: "Remove the settings of a folder; it inherits again",
  arguments: [{ name: "folder", summary: "path of the folder" }],
  examples: [{ command: "holdfast namespace unset applications/shop", says: "keys in it stay" }],
  async run(context, given) {
    const answer = await context.call("namespace.delete", { path: argument(given, 0) });
    print(context, answer, ({ path }) => `${path}  inherits again\n`);
    return undefined;
  },
};
