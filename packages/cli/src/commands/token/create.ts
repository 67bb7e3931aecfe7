import type { Command } from "../../command.ts";
import { compact, numberOption, textOption, textOptions } from "../../given.ts";
import { print, remark } from "../../terminal/print.ts";
import { secondsOf } from "./seconds.ts";
import { agentOption } from "../../settings.ts";

/** Makes a token and shows it once. */
export const tokenCreate: Command = {
  words: ["token", "create"],
  summary: "Make a token; it is shown this once",
  details: "Prints the bare token. The server keeps only a keyed digest: a lost token is revoked, not shown again.",
  options: [
    agentOption,
    { name: "name", value: "name", summary: "what it is for, such as ci" },
    {
      name: "role",
      value: "name",
      isRepeatable: true,
      summary: "a role it holds; may be repeated; left out, it acts as you, with all you may do",
    },
    { name: "ttl", value: "time", summary: "its life, such as 900s, 30m, 12h or 7d; unlimited when left out" },
    { name: "uses", value: "n", summary: "good for this many requests; unlimited when left out" },
  ],
  examples: [
    { command: "holdfast token create --name ci --role viewer --ttl 1h", says: "for a job that reads" },
    { command: "holdfast token create --role shop-reader --uses 1", says: "good for one request" },
  ],
  async run(context, given) {
    const roles = textOptions(given, "role");
    const ttl = textOption(given, "ttl");
    const answer = await context.call(
      "token.create",
      compact({
        name: textOption(given, "name"),
        roles: roles.length === 0 ? undefined : [...roles],
        ttlSeconds: ttl === undefined ? undefined : secondsOf(ttl),
        uses: numberOption(given, "uses", 1),
      }),
    );
    print(context, answer, ({ token }) => `${token}\n`);
    if (!context.settings.isJson) remark(context, `accessor ${answer.accessor}, actor ${answer.actor}`);
    return undefined;
  },
};
