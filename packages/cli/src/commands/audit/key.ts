import type { Command } from "../../command.ts";
import { print } from "../../terminal/print.ts";
import { agentOption } from "../../settings.ts";

/** Prints the key that verifies the ledger. */
export const auditKey: Command = {
  words: ["audit", "key"],
  summary: "Print the log's verifier key (C2SP signed note)",
  details: "Hand it to whoever verifies your ledger by another way than the ledger itself.",
  options: [agentOption],
  examples: [{ command: "holdfast audit key > holdfast.vkey", says: "give this to an auditor" }],
  async run(context) {
    print(context, await context.call("audit.key", {}), ({ verifierKey }) => `${verifierKey}\n`);
    return undefined;
  },
};
