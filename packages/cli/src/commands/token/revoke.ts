import type { Command } from "../../command.ts";
import { isSet } from "../../given.ts";
import { print } from "../../terminal/print.ts";
import { whichToken } from "./which.ts";
import { agentOption } from "../../settings.ts";

/** Ends a token now. */
export const tokenRevoke: Command = {
  words: ["token", "revoke"],
  summary: "Revoke a token; it ends with its next request",
  arguments: [
    { name: "accessor", isOptional: true, summary: "accessor (tk_…); left out, the token is read from stdin" },
  ],
  options: [agentOption, { name: "self", summary: "the token of this very call" }],
  examples: [
    { command: "holdfast token revoke tk_…", says: "by accessor" },
    { command: "holdfast token revoke < token.txt", says: "by the token itself" },
  ],
  async run(context, given) {
    const answer = isSet(given, "self")
      ? await context.call("token.revoke-self", {})
      : await context.call("token.revoke", await whichToken(context, given));
    print(context, answer, ({ accessor }) => `${accessor}  revoked\n`);
    return undefined;
  },
};
