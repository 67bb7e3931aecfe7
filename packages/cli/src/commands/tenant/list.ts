import type { Command } from "../../command.ts";
import { compact } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";
import { pages } from "../pages.ts";

/** Lists tenants. */
export const tenantList: Command = {
  words: ["tenant", "list"],
  summary: "List tenants",
  examples: [{ command: "holdfast tenant list", says: "names and ids" }],
  async run(context) {
    const items = await pages((after) => context.call("tenant.list", compact({ after })));
    print(context, { items }, () => table(items.map(({ name, id, createdAt }) => [name, id, `since ${createdAt}`])));
    return undefined;
  },
};
