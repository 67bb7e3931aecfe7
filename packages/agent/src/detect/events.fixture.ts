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
  /** Gives rows that meet a condition a new number, as a change of state does. */
  touch(table: string, where: string): void;
  /** Newest number of all, and of a table. */
  readonly head: number;
  headOf(table: string): number;
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
  return new OpenEventFile(path, database);
}

class OpenEventFile implements EventFile {
  readonly path: string;
  readonly database: DatabaseSync;
  readonly #heads = new Map<string, number>();
  head = 0;

  constructor(path: string, database: DatabaseSync) {
    this.path = path;
    this.database = database;
  }

  headOf(table: string): number {
    return this.#heads.get(table) ?? 0;
  }

  add(name: string, rows: readonly Readonly<Record<string, string | number>>[]): number {
    const columns = ruleTables.find((table) => table.name === name)!.columns;
    const insert = this.database.prepare(`INSERT INTO "${name}" VALUES (${columns.map(() => "?").join(", ")})`);
    const empty = (type: string): string | number => (type === "text" ? "" : 0);
    this.database.exec("BEGIN");
    for (const row of rows) {
      const seq = ++this.head;
      insert.run(...columns.map(({ name, type }) => (name === "seq" ? seq : (row[name] ?? empty(type)))));
    }
    this.database.exec("COMMIT");
    this.#heads.set(name, this.head);
    return this.head;
  }

  touch(name: string, where: string): void {
    const found = this.database.prepare(`SELECT rowid AS id FROM "${name}" WHERE ${where}`).all();
    const update = this.database.prepare(`UPDATE "${name}" SET seq = ? WHERE rowid = ?`);
    for (const { id } of found) update.run(++this.head, id as number);
    if (found.length > 0) this.#heads.set(name, this.head);
  }
}
