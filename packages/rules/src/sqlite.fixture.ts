import { DatabaseSync } from "node:sqlite";
import { type AdmittedStatement, bindValues } from "./sql/admit.ts";
import type { RunSql } from "./rule/run-tests.ts";
import type { SqlValue } from "./sql/print.ts";
import { createTableSql, insertSql } from "./table-sql.ts";
import { ruleTables } from "./tables.ts";

/** A database with every table that rules read, empty. */
export function openTables(): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  for (const table of ruleTables) database.exec(createTableSql(table));
  return database;
}

type RowLike = Readonly<Record<string, string | number>>;

/** Inserts rows that name the same columns. */
export function insertRows(database: DatabaseSync, table: string, rows: readonly RowLike[]): void {
  const known = ruleTables.find((candidate) => candidate.name === table);
  if (known === undefined) throw new TypeError(`no table ${table}`);
  if (rows.length === 0) return;
  const insert = database.prepare(insertSql(known, Object.keys(rows[0]!)));
  for (const row of rows) insert.run(...bindValues(Object.values(row)));
}

function insertRow(database: DatabaseSync, table: string, row: RowLike): void {
  insertRows(database, table, [row]);
}

/** Runs an admitted statement as it is printed. */
export function runStatement(database: DatabaseSync, statement: AdmittedStatement): Record<string, unknown>[] {
  return database.prepare(statement.sql).all(...bindValues(statement.parameters));
}

/** A database in which joins, groups and orders have something to work on. */
export function fewRows(): DatabaseSync {
  const database = openTables();
  const paths = ["/bin/sh", "/tmp/x", "/tmp/it's", "", "/usr/bin/sh"];
  for (let pid = 1; pid <= 12; pid += 1) {
    const path = paths[pid % paths.length]!;
    const row = { pid, parent: pid >> 1, path, name: path.slice(-2), uid: pid % 3, euid: 0, start_time: 1_000 + pid };
    const type = pid % 2 === 0 ? "exec" : "found";
    insertRow(database, "process_events", { ...row, type, time: 100 - pid, cmdline: `${path} -c 100%` });
    insertRow(database, "processes", { ...row, threads: pid % 4, nice: pid - 6, user_time: pid * 333 });
  }
  for (const uid of [0, 1, 1])
    insertRow(database, "users", { uid, gid: uid, username: `user${uid}`, shell: "/bin/sh" });
  for (const pid of [1, 2, 2, 50]) insertRow(database, "listening_ports", { pid, port: pid * 100 });
  insertRow(database, "file", { path: "/etc/passwd", mode: "0644", uid: 5 });
  return database;
}

/** Rows of a statement, as they come, without their names. */
export function valuesOf(database: DatabaseSync, sql: string, parameters: readonly SqlValue[]): unknown {
  const statement = database.prepare(sql);
  statement.setReturnArrays(true);
  return statement.all(...bindValues(parameters));
}

/** What the command line hands to `runRuleTests`. */
export const runSql: RunSql = (statement, rows) => {
  const database = openTables();
  for (const { table, row } of rows) insertRow(database, table, row);
  return runStatement(database, statement);
};
