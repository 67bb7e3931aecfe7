import type { Command } from "../../command.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";

/** Lists hosts that are watched. */
export const hostList: Command = {
  words: ["hosts", "list"],
  program: "agent",
  isDefault: true,
  summary: "List hosts that are watched: an agent's own",
  details: "`holdfast hosts` alone is the same.",
  examples: [
    { command: "holdfast hosts", says: "this host" },
    { command: "holdfast hosts list --json", says: "the same for a program" },
  ],
  async run(context) {
    const answer = await context.call("host.list", {});
    print(context, answer, ({ items }) =>
      table(
        items.map(({ name, os, kernel, architecture, agentVersion, source, sandbox }) => [
          name,
          `${os}, ${kernel}, ${architecture}`,
          `agent ${agentVersion}`,
          `source ${source}`,
          `sandbox ${sandbox.level}${sandbox.isDegraded ? " (less than configured)" : ""}`,
        ]),
      ),
    );
    return undefined;
  },
};
