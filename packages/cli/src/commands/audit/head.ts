import type { Command } from "../../command.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";
import { agentOption } from "../../settings.ts";

/** Confirms and shows the newest head. */
export const auditHead: Command = {
  words: ["audit", "head"],
  summary: "Show the newest signed head, and insist that it continues the last one seen",
  details: "Heads that were seen are kept in $XDG_STATE_HOME/holdfast/heads.json, one for each server.",
  options: [agentOption],
  examples: [
    { command: "holdfast audit head", says: "size, root and chain" },
    { command: "holdfast audit head --json > head.json", says: "keep it elsewhere, as evidence" },
  ],
  async run(context) {
    const { head } = await context.confirm();
    print(context, head, ({ origin, size, root, chain, epoch }) =>
      table([
        ["origin", origin],
        ["size", size],
        ["root", root],
        ["chain", chain],
        ["epoch", epoch],
      ]),
    );
    return undefined;
  },
};
