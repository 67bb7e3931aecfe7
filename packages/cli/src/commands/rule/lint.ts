import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { count } from "../../terminal/count.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";
import { profileOf, profileOption } from "./profile.ts";
import { readFiles } from "./read-rules.ts";

/** Judges rule files as an agent does, without one. */
export const ruleLint: Command = {
  words: ["rules", "lint"],
  summary: "Judge rule files as an agent does, and say where something is wrong",
  details: "Needs no agent. Exits with 1 when something is wrong.",
  arguments: [{ name: "file", isVariadic: true, summary: "rule files, or folders of them" }],
  options: [profileOption],
  examples: [{ command: "holdfast rules lint rules/mine.yaml", says: "file:line:column of each mistake" }],
  async run(context, given) {
    const { formatIssue, parseRules, ruleTables } = await import("@holdfast/rules");
    const options = { profile: profileOf(given), tables: ruleTables };
    const parsed = readFiles(context, given.arguments).map(({ text, shown }) => parseRules(text, shown, options));
    const issues = parsed.flatMap((file) => file.issues);
    const rules = parsed.reduce((sum, file) => sum + file.rules.length, 0);
    print(context, { ok: issues.length === 0, rules, issues }, () => {
      const lines = issues.map((issue) => `${printable(formatIssue(issue))}\n`);
      return `${lines.join("")}${count(rules, "rule")} ${rules === 1 ? "works" : "work"}\n`;
    });
    return issues.length === 0 ? undefined : exitCodes.failed;
  },
};
