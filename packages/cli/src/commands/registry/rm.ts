import type { Command } from "../../command.ts";
import { argument, compact, numberOption } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { kindOf, kindOption } from "./kind.ts";

/** Deletes the current version, which undelete brings back. */
export const rm: Command = {
  words: ["rm"],
  summary: "Delete the current version; undelete brings it back",
  arguments: [{ name: "path", summary: "path of the value" }],
  options: [kindOption, { name: "cas", value: "n", summary: "only if this is the current version" }],
  examples: [
    { command: "holdfast rm applications/shop/config/db-password", says: "hide it" },
    { command: "holdfast undelete applications/shop/config/db-password", says: "bring it back" },
  ],
  async run(context, given) {
    const cas = numberOption(given, "cas", 1);
    const ifMatch = cas === undefined ? undefined : `"${cas}"`;
    const answer = await context.call(`${kindOf(given)}.delete`, compact({ key: argument(given, 0), ifMatch }));
    print(context, answer, ({ key, version }) => `${key}  version ${version} deleted\n`);
    return undefined;
  },
};
