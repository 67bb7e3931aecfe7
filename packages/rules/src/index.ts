/** The front door of `@holdfast/rules`: tables, admission of statements, rule files, the Sigma compiler. Pure. */
export { type Position, positionAt } from "./position.ts";
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
