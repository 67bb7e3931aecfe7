import type { Command } from "../../command.ts";
import { compact } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";
import { pages } from "../pages.ts";
import { cellsOf } from "./info.ts";
import { agentOption } from "../../settings.ts";

/** Lists tokens by accessor. */
export const tokenList: Command = {
  words: ["token", "list"],
  summary: "List tokens by their accessors",
  options: [agentOption],
  examples: [{ command: "holdfast token list", says: "who holds what until when" }],
  async run(context) {
    const items = await pages((after) => context.call("token.list", compact({ after })));
    print(context, { items }, () => table(items.map(cellsOf)));
    return undefined;
  },
};
