import type { AdmittedStatement } from "@holdfast/rules";
import type { Executor } from "../detect/index.ts";
import type { RunQuery } from "../queries/index.ts";

/** Runs a query of a person over everything that there is at that moment. */
export const queryOver =
  (executor: Pick<Executor, "run">, head: () => number): RunQuery =>
  ({ statement, ...limits }) =>
    executor.run({ ...runnable(statement), ...limits, bounds: allRows(statement, head()) });

const runnable = ({ sql, parameters }: AdmittedStatement) => ({ sql, parameters });

const allRows = ({ tables }: AdmittedStatement, upTo: number) =>
  Object.fromEntries(tables.map((table) => [table, { after: 0, upTo }]));
