import type { RunnableRule } from "@holdfast/rules";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { print } from "../../terminal/print.ts";
import { printable, printableLines } from "../../terminal/printable.ts";
import type { Style } from "../../terminal/style.ts";
import { table } from "../../terminal/table.ts";
import { profileOf, profileOption } from "./profile.ts";
import { readFiles } from "./read-rules.ts";

/** Says what a rule comes to: what SQLite is given, when it runs, and what it raises. */
export const ruleExplain: Command = {
  words: ["rules", "explain"],
  summary: "Say what a rule file comes to: the SQL that runs, on what, when, and what it raises",
  details: "Needs no agent. Exits with 1 when something in the file is wrong.",
  arguments: [{ name: "file", isVariadic: true, summary: "rule files, or folders of them" }],
  options: [profileOption],
  examples: [{ command: "holdfast rules explain rules/mine.yaml", says: "before it is put to work" }],
  async run(context, given) {
    const { formatIssue, parseRules, ruleTables } = await import("@holdfast/rules");
    const options = { profile: profileOf(given), tables: ruleTables };
    const parsed = readFiles(context, given.arguments).map(({ text, shown }) => parseRules(text, shown, options));
    const rules = parsed.flatMap((file) => file.rules);
    const issues = parsed.flatMap((file) => file.issues);
    print(context, { rules, issues }, () => {
      const problems = issues.map((issue) => `${printable(formatIssue(issue))}\n`);
      return problems.join("") + rules.map((rule) => explained(rule, context.output.style)).join("\n");
    });
    return issues.length === 0 ? undefined : exitCodes.failed;
  },
};

function explained({ rule, statement }: RunnableRule, style: Style): string {
  const { id, title, severity, schedule, windowSeconds, dedup } = rule;
  const every = schedule.kind === "tick" ? "at every tick" : `every ${schedule.seconds} s`;
  const rows =
    windowSeconds === undefined ? "rows that are new since its last run" : `rows of the last ${windowSeconds} s`;
  const values = statement.parameters.map((value, index) => [`  ${index + 1}`, value === null ? "NULL" : value]);
  return [
    `${style.bold(printable(title))}\n`,
    table([
      ["id", id],
      ["raises", `alerts of severity ${severity}, one for each ${dedup.join(", ") || "thing that is found"}`],
      ["runs", `${every}, over ${rows}`],
      ["reads", statement.tables.join(", ")],
      ["finds", statement.columns.join(", ")],
    ]),
    `runs as\n${printableLines(statement.sql)}\n`,
    values.length === 0 ? "" : `with\n${table(values)}`,
  ].join("");
}
