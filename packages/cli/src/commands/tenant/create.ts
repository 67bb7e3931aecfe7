import type { Command } from "../../command.ts";
import { argument } from "../../given.ts";
import { print } from "../../terminal/print.ts";

/** Makes a tenant. */
export const tenantCreate: Command = {
  words: ["tenant", "create"],
  summary: "Make a tenant",
  arguments: [{ name: "name", summary: "name of the tenant" }],
  examples: [{ command: "holdfast tenant create acme", says: "then act in it with --tenant acme" }],
  async run(context, given) {
    const answer = await context.call("tenant.create", { name: argument(given, 0) });
    print(context, answer, ({ id, name }) => `${name}  ${id}\n`);
    return undefined;
  },
};
