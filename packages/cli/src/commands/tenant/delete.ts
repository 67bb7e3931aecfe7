import type { Command } from "../../command.ts";
import { argument } from "../../given.ts";
import { print } from "../../terminal/print.ts";

/** Deletes a tenant; its id is never used again. */
export const tenantDelete: Command = {
  words: ["tenant", "delete"],
  summary: "Delete a tenant: nobody reaches what is in it any more",
  details:
    "Its tokens end at once and nothing of it can be read. A tenant made later under the same name is another one.",
  arguments: [{ name: "name", summary: "name of the tenant" }],
  examples: [{ command: "holdfast tenant delete acme", says: "cannot be undone" }],
  async run(context, given) {
    const answer = await context.call("tenant.delete", { name: argument(given, 0) });
    print(context, answer, ({ id, name }) => `${name}  ${id}  deleted\n`);
    return undefined;
  },
};
