import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { count } from "../../terminal/count.ts";
import { print, remark } from "../../terminal/print.ts";
import { problemLines } from "./list.ts";

/** Has the agent read its rule files again. */
export const ruleReload: Command = {
  words: ["rules", "reload"],
  program: "agent",
  summary: "Have the agent read its rule files again",
  details:
    "Own rules stand in the folder rules of its data folder. Rules that work take effect; the others are named, with the " +
    "reason, and the exit code is 1.",
  examples: [{ command: "holdfast rules reload", says: "after a rule was written or changed" }],
  async run(context) {
    const answer = await context.call("rule.reload", {});
    print(context, answer, ({ rules, added, changed, removed, problems }) => {
      const counts = `${added} new, ${changed} changed, ${removed} gone`;
      return `${count(rules, "rule")}: ${counts}\n${problemLines(problems)}`;
    });
    if (answer.problems.length === 0) return undefined;
    if (!context.settings.isJson) {
      const files = new Set(answer.problems.map(({ file }) => file)).size;
      remark(context, `something is wrong in ${count(files, "file")}; what works took effect`);
    }
    return exitCodes.failed;
  },
};
