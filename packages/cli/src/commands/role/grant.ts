import type { Command } from "../../command.ts";
import { argument } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { agentOption } from "../../settings.ts";

/** Give an actor a role. */
export const roleGrant: Command = {
  words: ["role", "grant"],
  summary: "Give an actor a role",
  arguments: [
    { name: "actor", summary: "id of the actor (ac_…); token list and token lookup --self show it" },
    { name: "role", summary: "name of the role" },
  ],
  options: [agentOption],
  examples: [{ command: "holdfast role grant ac_… shop-reader", says: "holds from the next request" }],
  async run(context, given) {
    const answer = await context.call("grant.write", { actor: argument(given, 0), role: argument(given, 1) });
    print(context, answer, ({ actor, role }) => `${actor}  has the role ${role}\n`);
    return undefined;
  },
};
