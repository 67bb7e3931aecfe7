import { DatabaseSync } from "node:sqlite";
import type * as Rules from "@holdfast/rules";
import type { RuleTestResult, RunSql } from "@holdfast/rules";
import type { Command } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { count } from "../../terminal/count.ts";
import { print } from "../../terminal/print.ts";
import { printable } from "../../terminal/printable.ts";
import type { Style } from "../../terminal/style.ts";
import { profileOf, profileOption } from "./profile.ts";
import { readFiles } from "./read-rules.ts";

interface TestedRule {
  readonly rule: string;
  readonly file: string;
  readonly results: readonly RuleTestResult[];
}

/** Runs the tests that rules bring. */
export const ruleTest: Command = {
  words: ["rules", "test"],
  summary: "Run the tests that rules bring: rows that must match, and rows that must not",
  details: "Needs no agent: each test has tables of its own. Exits with 1 when one fails, or a rule does not work.",
  arguments: [{ name: "file", isVariadic: true, summary: "rule files, or folders of them" }],
  options: [profileOption, { name: "require", summary: "fail rules that bring no tests" }],
  examples: [{ command: "holdfast rules test rules/", says: "every rule in a folder" }],
  async run(context, given) {
    const rules = await import("@holdfast/rules");
    const options = { profile: profileOf(given), tables: rules.ruleTables };
    const parsed = readFiles(context, given.arguments).map(({ text, shown }) => rules.parseRules(text, shown, options));
    const issues = parsed.flatMap((file) => file.issues);
    const tested: TestedRule[] = [];
    for (const { file, rules: all } of parsed) {
      for (const one of all)
        tested.push({ rule: one.rule.id, file, results: await rules.runRuleTests(one, runnerOf(rules)) });
    }
    const untested = tested.filter(({ results }) => results.length === 0);
    const isRequired = given.options["require"] === true;
    const isBad = issues.length > 0 || tested.some(hasFailed) || (isRequired && untested.length > 0);
    print(context, { ok: !isBad, rules: tested, issues }, () => {
      const problems = issues.map((issue) => `${printable(rules.formatIssue(issue))}\n`).join("");
      return problems + linesOf(tested, isRequired ? untested : [], context.output.style);
    });
    return isBad ? exitCodes.failed : undefined;
  },
};

const hasFailed = ({ results }: TestedRule): boolean => results.some(({ isPassed }) => !isPassed);

/** Runs a statement on tables that hold nothing but the rows of one test. */
function runnerOf(rules: typeof Rules): RunSql {
  return (statement, rows) => {
    const database = new DatabaseSync(":memory:");
    try {
      for (const table of rules.ruleTables) database.exec(rules.createTableSql(table));
      for (const { table, row } of rows) {
        const known = rules.ruleTables.find(({ name }) => name === table);
        if (known === undefined) throw new Error(`there is no table ${table}`);
        database.prepare(rules.insertSql(known, Object.keys(row))).run(...Object.values(row));
      }
      return database.prepare(statement.sql).all(...rules.bindValues(statement.parameters));
    } finally {
      database.close();
    }
  };
}

function linesOf(tested: readonly TestedRule[], untested: readonly TestedRule[], style: Style): string {
  const failed = tested.flatMap(({ rule, results }) =>
    results
      .filter(({ isPassed }) => !isPassed)
      .map((result) => `${style.bad("failed")}  ${printable(`${rule}: ${sentenceOf(result)}`)}\n`),
  );
  const bare = untested.map(({ rule }) => `${style.bad("failed")}  ${printable(`${rule}: brings no tests`)}\n`);
  const results = tested.flatMap((one) => one.results);
  const passed = results.filter(({ isPassed }) => isPassed).length;
  return `${failed.join("")}${bare.join("")}${count(tested.length, "rule")}: ${passed} of ${count(results.length, "test")} passed\n`;
}

function sentenceOf({ name, expects, found, error }: RuleTestResult): string {
  if (error !== undefined) return `${name}: ${error}`;
  return expects === "match"
    ? `${name}: nothing was found`
    : `${name}: found ${count(found, "row")} that must not match`;
}
