import { count } from "../../terminal/count.ts";
import type { Command } from "../../command.ts";
import { compact } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";
import { pages } from "../pages.ts";
import { agentOption } from "../../settings.ts";

/** Lists roles. */
export const roleList: Command = {
  words: ["role", "list"],
  summary: "List roles",
  options: [agentOption],
  examples: [{ command: "holdfast role list", says: "built in and your own" }],
  async run(context) {
    const items = await pages((after) => context.call("role.list", compact({ after })));
    print(context, { items }, () =>
      table(
        items.map(({ name, builtIn, permissions, description }) => [
          name,
          builtIn ? "built in" : "",
          count(permissions.length, "permission"),
          description ?? "",
        ]),
      ),
    );
    return undefined;
  },
};
