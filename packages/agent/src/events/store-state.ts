import type { DatabaseSync } from "node:sqlite";

/** What is remembered under a name in the file itself; undefined when nothing is. */
export function recallFrom(database: DatabaseSync, name: string): string | undefined {
  const value = database.prepare("SELECT value FROM store_state WHERE name = ?").get(name)?.["value"];
  return value === undefined ? undefined : String(value);
}

/** Remembers values by their names, inside the caller's transaction. */
export function rememberIn(database: DatabaseSync, values: Readonly<Record<string, string>>): void {
  const statement = database.prepare("INSERT OR REPLACE INTO store_state (name, value) VALUES (?, ?)");
  for (const [name, value] of Object.entries(values)) statement.run(name, value);
}

/** All of it or nothing. */
export function transaction<T>(database: DatabaseSync, run: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = run();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
