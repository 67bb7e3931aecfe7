import type { Command } from "../../command.ts";
import { argument, compact, numberOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { lineOf } from "./line.ts";

/** Sets the environment of a folder. */
export const namespaceSet: Command = {
  words: ["namespace", "set"],
  summary: "Set the environment of a folder and all below it",
  arguments: [
    { name: "folder", summary: "path of the folder" },
    { name: "environment", summary: "development, staging, production or a name of your own" },
  ],
  options: [{ name: "cas", value: "n", summary: "only if its settings have this version; 0: only if it has none" }],
  examples: [
    { command: "holdfast namespace set applications/shop production", says: "roles may then be limited to it" },
  ],
  async run(context, given) {
    const input = { path: argument(given, 0), environment: argument(given, 1), cas: numberOption(given, "cas", 0) };
    print(context, await context.call("namespace.write", compact(input)), lineOf);
    return undefined;
  },
};
