import type { Operations } from "@holdfast/contract/types";
import type { Command } from "../../command.ts";
import { compact } from "../../given.ts";
import { count } from "../../terminal/count.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";
import { table } from "../../terminal/table.ts";
import { pages } from "../pages.ts";

type List = Operations["rule.list"]["output"];
type Rule = List["items"][number];
type Problem = List["problems"][number];

/** Lists rules of the running agent. */
export const ruleList: Command = {
  words: ["rules", "list"],
  program: "agent",
  isDefault: true,
  summary: "List the rules of the agent, and the files that hold none that works",
  details: "`holdfast rules` alone is the same.",
  examples: [
    { command: "holdfast rules", says: "what is watched for, and how it goes" },
    { command: "holdfast rules list --json", says: "the same for a program" },
  ],
  async run(context) {
    const problems: Problem[] = [];
    const items = await pages(async (after) => {
      const page = await context.call("rule.list", compact({ after, limit: 1000 }));
      problems.push(...page.problems);
      return page;
    });
    print(context, { items, problems }, () => table(items.map(cellsOf)) + problemLines(problems));
    return undefined;
  },
};

function cellsOf({ id, severity, state, origin, schedule, findings, errors, lastError, title }: Rule) {
  const errorText = errors === 0 ? "" : `${count(errors, "error")}: ${lastError ?? ""}`;
  const found = findings === 0 ? "" : `${findings} found`;
  return [
    id,
    severity,
    state === "enabled" ? "" : state,
    origin === "own" ? "own" : "",
    schedule,
    found,
    title,
    errorText,
  ];
}

/** What is wrong with rule files, a line each, as editors follow it. */
export function problemLines(problems: readonly Problem[]): string {
  return problems
    .map(({ file, line, column, message }) => {
      const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
      return `not running: ${printable(`${place}: ${message}`)}\n`;
    })
    .join("");
}
