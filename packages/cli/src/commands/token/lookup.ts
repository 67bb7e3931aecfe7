import type { Command } from "../../command.ts";
import { isSet } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { table } from "../../terminal/table.ts";
import { cellsOf } from "./info.ts";
import { whichToken } from "./which.ts";
import { agentOption } from "../../settings.ts";

/** Shows one token. */
export const tokenLookup: Command = {
  words: ["token", "lookup"],
  summary: "Show a token: its roles, its end, its uses",
  arguments: [
    { name: "accessor", isOptional: true, summary: "accessor (tk_…); left out, the token is read from stdin" },
  ],
  options: [agentOption, { name: "self", summary: "the credential of this very call" }],
  examples: [
    { command: "holdfast token lookup --self", says: "who am I?" },
    { command: "holdfast token lookup tk_…", says: "by accessor" },
    { command: "holdfast token lookup < token.txt", says: "by the token itself" },
  ],
  async run(context, given) {
    const answer = isSet(given, "self")
      ? await context.call("token.self", {})
      : await context.call("token.lookup", await whichToken(context, given));
    print(context, answer, (info) => table([cellsOf(info)]));
    return undefined;
  },
};
