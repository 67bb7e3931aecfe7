import type { Command } from "../../command.ts";
import { count } from "../../terminal/count.ts";
import { print } from "../../terminal/print.ts";
import { problemLines } from "./list.ts";

/** Has the agent read its rule files again. */
export const ruleReload: Command = {
  words: ["rules", "reload"],
  program: "agent",
  summary: "Have the agent read its rule files again",
  details: "Own rules stand in the folder rules of its data folder. Rules that work take effect; the others are named.",
  examples: [{ command: "holdfast rules reload", says: "after a rule was written or changed" }],
  async run(context) {
    const answer = await context.call("rule.reload", {});
    print(context, answer, ({ rules, added, changed, removed, problems }) => {
      const counts = `${added} new, ${changed} changed, ${removed} gone`;
      return `${count(rules, "rule")}: ${counts}\n${problemLines(problems)}`;
    });
    return undefined;
  },
};
