/** The front door of `@holdfast/rules`: tables, admission of statements, rule files, the Sigma compiler. Pure. */
export { formatIssue, type RuleIssue, type RuleIssueCode, ruleIssueCodes } from "./rule/issue.ts";
export { parseRules, type RuleFile } from "./rule/parse-rules.ts";
export { printRule } from "./rule/print-rule.ts";
export type { RuleOptions, RunnableRule } from "./rule/read-rule.ts";
export {
  type Rule,
  type RuleSource,
  type RuleTest,
  ruleLimits,
  type Schedule,
  type Severity,
  severities,
  type TestRow,
} from "./rule/rule.ts";
export {
  type RuleTestCase,
  type RuleTestResult,
  type RunSql,
  ruleTestCases,
  runRuleTests,
} from "./rule/run-tests.ts";
export { type Position, positionAt } from "./position.ts";
export { compileSigma, type SigmaCompilation } from "./sigma/compile.ts";
export { type SigmaReason, type SigmaReasonCode, sigmaReasonCodes } from "./sigma/reason.ts";
export {
  type Admission,
  type AdmissionOptions,
  type AdmittedStatement,
  admit,
  bindValues,
} from "./sql/admit.ts";
export { functionsOf, type SqlFunction, sqlFunctions } from "./sql/functions.ts";
export type { SqlValue } from "./sql/print.ts";
export { type Profile, profiles } from "./sql/profile.ts";
export { type Refusal, type RefusalCode, refusalCodes } from "./sql/refusal.ts";
export { createTableSql, insertSql } from "./table-sql.ts";
export { changeColumn, type Column, type ColumnType, type RuleTable, ruleTables } from "./tables.ts";
