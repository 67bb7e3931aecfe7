import { ruleTables, sqlFunctions } from "@holdfast/rules";
import { authorize } from "./child/authorize.ts";
import { failureOf } from "./child/failure.ts";
import { openDatabase } from "./child/open-database.ts";
import { runStatement } from "./child/run-statement.ts";
import { StatementCache } from "./child/statement-cache.ts";
import { ExecutorError } from "./errors.ts";
import type { RunResult, Statement } from "./job.ts";
import type { ChildOptions, RunReply } from "./protocol.ts";

/** The executor's statements without its process: for tests that run thousands of them. */
export function runHere(
  databasePath: string,
  onTestFinished: (clean: () => void) => void,
): (statement: Statement) => Promise<RunResult> {
  const tables = ruleTables.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name) }));
  const options: ChildOptions = {
    databasePath,
    tables,
    functions: sqlFunctions.map(({ name }) => name),
    user: undefined,
    memoryBytes: 0,
    nativeFiles: [],
    entry: "",
    programFolder: "",
    flags: [],
    without: [],
    features: [],
  };
  const opened = openDatabase(options);
  onTestFinished(() => opened.database.close());
  const statements = new StatementCache(opened.database, authorize(opened.database, tables, options.functions));
  return async ({ sql, parameters, bounds, maxRows = 1_000 }) => {
    const request = { id: 1, sql, parameters, bounds, maxRows, maxBytes: 1_000_000, maxCellLength: 1_000 };
    try {
      return JSON.parse(runStatement(opened, statements, request)) as RunReply;
    } catch (error) {
      const { code, message } = failureOf(error);
      throw new ExecutorError(code, message, error);
    }
  };
}
