import type { RuleFile, RuleIssue } from "@holdfast/rules";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { count } from "../../terminal/count.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";
import { agentProfileOptions, type ChosenProfile, profileOfAgent } from "./profile.ts";
import { readFiles } from "./read-rules.ts";

/** Judges rule files as an agent does, without one. */
export const ruleLint: Command = {
  words: ["rules", "lint"],
  summary: "Judge rule files as an agent does, and say where something is wrong",
  details:
    "Needs no agent. The profile is the one that an agent started here would have; rules that only the profile extended " +
    "admits are named. Exits with 1 when something is wrong.",
  arguments: [{ name: "file", isVariadic: true, summary: "rule files, or folders of them" }],
  options: agentProfileOptions,
  examples: [
    { command: "holdfast rules lint rules/mine.yaml", says: "file:line:column of each mistake" },
    { command: "holdfast rules lint --profile extended rules", says: "as an agent that allows the wider profile" },
  ],
  async run(context, given) {
    const { formatIssue, parseRules, ruleTables } = await import("@holdfast/rules");
    const files = readFiles(context, given.arguments);
    const chosen = await profileOfAgent(context, given);
    const judge = (profile: ChosenProfile["profile"]) =>
      files.map(({ text, shown }) => parseRules(text, shown, { profile, tables: ruleTables }));
    const [parsed, strict, extended] = [judge(chosen.profile), judge("strict"), judge("extended")];
    const issues = parsed.flatMap((file) => file.issues);
    const verdict = { ...chosen, rules: countOf(parsed), extendedOnly: missing(strict, extended) };
    print(context, { ok: issues.length === 0, ...verdict, issues }, () => linesOf(verdict, issues, formatIssue));
    return issues.length === 0 ? undefined : exitCodes.failed;
  },
};

const countOf = (files: readonly RuleFile[]): number => files.reduce((sum, file) => sum + file.rules.length, 0);

/** Ids of rules that work in the second judgement and not in the first. */
function missing(first: readonly RuleFile[], second: readonly RuleFile[]): readonly string[] {
  const ids = ({ rules }: RuleFile) => rules.map(({ rule }) => rule.id);
  return second.flatMap((file, index) => {
    const working = new Set(ids(first[index]!));
    return ids(file).filter((id) => !working.has(id));
  });
}

interface Verdict extends ChosenProfile {
  readonly rules: number;
  readonly extendedOnly: readonly string[];
}

function linesOf(
  { rules, profile, origin, extendedOnly }: Verdict,
  issues: readonly RuleIssue[],
  formatIssue: (issue: RuleIssue) => string,
): string {
  const advice =
    profile === "strict" ? "set agent.detection.profile: extended" : "an agent with the profile strict refuses them";
  return [
    ...issues.map((issue) => `${printable(formatIssue(issue))}\n`),
    `${count(rules, "rule")} ${rules === 1 ? "works" : "work"} by the profile ${profile} (${printable(origin)})\n`,
    extendedOnly.length === 0 ? "" : `only by the profile extended: ${named(extendedOnly)} (${advice})\n`,
  ].join("");
}

const MOST_NAMED = 20;

function named(ids: readonly string[]): string {
  const rest = ids.length - MOST_NAMED;
  return `${ids.slice(0, MOST_NAMED).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
