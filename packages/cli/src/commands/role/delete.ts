import type { Command } from "../../command.ts";
import { argument } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { agentOption } from "../../settings.ts";

/** Deletes a role. */
export const roleDelete: Command = {
  words: ["role", "delete"],
  summary: "Delete a role",
  arguments: [{ name: "name", summary: "name of the role" }],
  options: [agentOption],
  examples: [{ command: "holdfast role delete shop-reader", says: "takes it from all who hold it" }],
  async run(context, given) {
    const answer = await context.call("role.delete", { name: argument(given, 0) });
    print(context, answer, ({ name }) => `${name}  deleted\n`);
    return undefined;
  },
};
