import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ruleTables } from "@holdfast/rules";

/** An event store as its writer keeps it: WAL, open for as long as it is read. Made from the tables that rules may read. */
export interface EventFile {
  readonly path: string;
  readonly database: DatabaseSync;
  /** Adds rows and returns the number of the last one; columns that are left out are 0 or empty. */
  add(table: string, rows: readonly Readonly<Record<string, string | number>>[]): number;
}

/** A new event store in a folder of its own; gone when the test ends. */
export function eventFile(onTestFinished: (clean: () => void) => void): EventFile {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-detect-"));
  const path = join(folder, "events.db");
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  for (const { name, columns } of ruleTables) {
    const all = columns.map((column) => `"${column.name}" ${column.type.toUpperCase()}`);
    database.exec(`CREATE TABLE "${name}" (${all.join(", ")}); CREATE INDEX "${name}_seq" ON "${name}" ("seq")`);
  }
  onTestFinished(() => {
    if (database.isOpen) database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { path, database, add: adder(database) };
}

function adder(database: DatabaseSync): EventFile["add"] {
  let seq = 0;
  return (name, rows) => {
    const columns = ruleTables.find((table) => table.name === name)!.columns;
    const insert = database.prepare(`INSERT INTO "${name}" VALUES (${columns.map(() => "?").join(", ")})`);
    database.exec("BEGIN");
    for (const row of rows) {
      seq++;
      const empty = (type: string): string | number => (type === "text" ? "" : 0);
      insert.run(...columns.map(({ name, type }) => (name === "seq" ? seq : (row[name] ?? empty(type)))));
    }
    database.exec("COMMIT");
    return seq;
  };
}
