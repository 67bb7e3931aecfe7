import type { Command } from "../../command.ts";
import { argument } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { lineOf } from "./line.ts";

/** Shows the settings that hold in a folder. */
export const namespaceShow: Command = {
  words: ["namespace", "show"],
  summary: "Show the settings that hold in a folder",
  arguments: [{ name: "folder", summary: "path of the folder" }],
  examples: [{ command: "holdfast namespace show applications/shop/config", says: "its own, or where they come from" }],
  async run(context, given) {
    print(context, await context.call("namespace.read", { path: argument(given, 0) }), lineOf);
    return undefined;
  },
};
