import type { AdmittedStatement } from "../sql/admit.ts";
import type { RunnableRule } from "./read-rule.ts";
import type { Rule, RuleTest, TestRow } from "./rule.ts";

/** What a test of a rule puts into empty tables, and what is then expected of the rule. */
export interface RuleTestCase extends RuleTest {
  readonly expects: "match" | "no_match";
}

export interface RuleTestResult {
  readonly name: string;
  readonly expects: RuleTestCase["expects"];
  readonly isPassed: boolean;
  /** Rows that the rule found. */
  readonly found: number;
  /** Why the rule could not be run. */
  readonly error?: string;
}

/** Puts rows into empty tables (`createTableSql`, `insertSql`), runs the statement and gives the rows that it found. */
export type RunSql = (
  statement: AdmittedStatement,
  rows: readonly TestRow[],
) => readonly unknown[] | Promise<readonly unknown[]>;

/** The tests that a rule brings. */
export function ruleTestCases({ tests }: Rule): readonly RuleTestCase[] {
  const expecting = (expects: RuleTestCase["expects"], list: readonly RuleTest[]): RuleTestCase[] =>
    list.map((test) => ({ ...test, expects }));
  return [...expecting("match", tests.match), ...expecting("no_match", tests.noMatch)];
}

/** Runs the tests that a rule brings, one after the other. */
export async function runRuleTests({ rule, statement }: RunnableRule, runSql: RunSql): Promise<RuleTestResult[]> {
  const results: RuleTestResult[] = [];
  for (const test of ruleTestCases(rule)) results.push(await runTest(test, statement, runSql));
  return results;
}

async function runTest(
  { name, expects, rows }: RuleTestCase,
  statement: AdmittedStatement,
  runSql: RunSql,
): Promise<RuleTestResult> {
  try {
    const found = (await runSql(statement, rows)).length;
    return { name, expects, isPassed: found > 0 === (expects === "match"), found };
  } catch (error) {
    return { name, expects, isPassed: false, found: 0, error: error instanceof Error ? error.message : String(error) };
  }
}
