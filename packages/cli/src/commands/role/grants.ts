import type { Command } from "../../command.ts";
import { compact } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";
import { pages } from "../pages.ts";
import { agentOption } from "../../settings.ts";

/** Lists who holds which role. */
export const roleGrants: Command = {
  words: ["role", "grants"],
  summary: "List who holds which role",
  options: [agentOption],
  examples: [{ command: "holdfast role grants", says: "actors and their roles" }],
  async run(context) {
    const items = await pages((after) => context.call("grant.list", compact({ after })));
    print(context, { items }, () =>
      table(items.map(({ actor, role, grantedAt }) => [actor, role, `since ${grantedAt}`])),
    );
    return undefined;
  },
};
