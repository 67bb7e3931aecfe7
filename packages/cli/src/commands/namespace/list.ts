import type { Command } from "../../command.ts";
import { compact } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { pages } from "../pages.ts";
import { lineOf } from "./line.ts";

/** Lists folders with settings of their own. */
export const namespaceList: Command = {
  words: ["namespace", "list"],
  summary: "List folders with settings of their own",
  arguments: [{ name: "folder", isOptional: true, summary: "only below this folder" }],
  examples: [{ command: "holdfast namespace list", says: "all of the tenant's" }],
  async run(context, given) {
    const prefix = given.arguments[0];
    const items = await pages((after) => context.call("namespace.list", compact({ prefix, after })));
    print(context, { items }, () => items.map(lineOf).join(""));
    return undefined;
  },
};
