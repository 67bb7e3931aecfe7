import type { Operations } from "@holdfast/contract/types";
import type { Command } from "../../command.ts";
import { argument } from "../../given.ts";
import { printable, printableLines } from "../../terminal/printable.ts";
import { print } from "../../terminal/print.ts";
import type { Style } from "../../terminal/style.ts";
import { table } from "../../terminal/table.ts";

type Rule = Operations["rule.read"]["output"];

/** Shows one rule of the running agent. */
export const ruleShow: Command = {
  words: ["rules", "show"],
  program: "agent",
  summary: "Show a rule with its statement, and how its runs went",
  arguments: [{ name: "rule", summary: "id of the rule" }],
  examples: [{ command: "holdfast rules show exec-from-tmp", says: "what it looks for" }],
  async run(context, given) {
    const answer = await context.call("rule.read", { rule: argument(given, 0) });
    print(context, answer, (rule) => linesOf(rule, context.output.style));
    return undefined;
  },
};

function linesOf(rule: Rule, style: Style): string {
  const { title, description, sql } = rule;
  return [
    `${style.bold(printable(title))}\n`,
    description === title ? "" : `${printable(description)}\n`,
    table(factsOf(rule).filter(([, value]) => value !== "")),
    `\n${printableLines(sql.trimEnd())}\n`,
  ].join("");
}

function factsOf(rule: Rule): (readonly [string, string])[] {
  const { id, severity, state, note, changedBy, origin, file, schedule, windowSeconds, source } = rule;
  const author = [source?.author, source?.licence, source?.id].filter(Boolean).join(", ");
  return [
    ["id", id],
    ["severity", severity],
    ["state", [changedBy === undefined ? state : `${state} by ${changedBy}`, note].filter(Boolean).join(": ")],
    ["file", `${file} (${origin === "own" ? "own" : "comes with the agent"})`],
    ["runs", windowSeconds === undefined ? schedule : `${schedule}, over the last ${windowSeconds} s`],
    ["reads", rule.tables.join(", ")],
    ["one alert each", rule.dedup.join(", ")],
    ["attack", rule.attack.join(", ")],
    ["last run", lastRunOf(rule)],
    ["found", String(rule.findings)],
    ["errors", rule.errors === 0 ? "" : `${rule.errors}, the last: ${rule.lastError ?? "unknown"}`],
    ["from", author === "" ? "" : `${source?.kind ?? ""}, ${author}`],
    ["references", source?.references.join(" ") ?? ""],
    ["also finds", rule.falsePositives.join("; ")],
  ];
}

const lastRunOf = ({ lastRunAt, lastDurationMs }: Rule): string =>
  lastRunAt === undefined ? "" : `${lastRunAt}, ${(lastDurationMs ?? 0).toFixed(1)} ms`;
