import { constants, type DatabaseSync } from "node:sqlite";
import type { ChildTable } from "../protocol.ts";
import { BOUND_FUNCTION } from "./open-database.ts";

const { SQLITE_OK, SQLITE_DENY, SQLITE_SELECT, SQLITE_READ, SQLITE_FUNCTION } = constants;

/** What SQLite calls as functions when a statement says LIKE or GLOB. */
const OPERATORS = ["like", "glob"];

/** What the authorizer has seen of the statement that was prepared last. */
export interface Seen {
  /** What was denied first; undefined when nothing was. */
  readonly denied: string | undefined;
  readonly tables: ReadonlySet<string>;
}

/**
 * From here on SQLite itself asks about everything a statement does: selecting, known columns of known tables, and listed
 * functions. All else is denied, what later versions of SQLite bring included (ATTACKS 36). Returns what forgets, and
 * tells, what was seen.
 */
export function authorize(
  database: DatabaseSync,
  tables: readonly ChildTable[],
  functions: readonly string[],
): { begin(): void; seen(): Seen } {
  const columns = new Map(tables.map((table) => [table.name, new Set(table.columns)]));
  const callable = new Set([...functions.map((name) => name.toLowerCase()), ...OPERATORS, BOUND_FUNCTION]);
  const isBuiltIn = builtInTables(database);
  let denied: string | undefined;
  let read = new Set<string>();

  const deny = (what: string): number => {
    denied ??= what;
    return SQLITE_DENY;
  };
  const judgeRead = (table: string, column: string, schema: string | null): number => {
    const known = columns.get(table);
    if (known !== undefined && (column === "" || known.has(column))) {
      read.add(table);
      return SQLITE_OK;
    }
    // A subquery or WITH table of the statement itself: no schema, and no column of its own.
    const isOwn = known === undefined && schema === null && column === "" && !isBuiltIn(table);
    if (isOwn) return SQLITE_OK;
    return deny(`reading ${table}${column === "" ? "" : `.${column}`}`);
  };

  database.setAuthorizer((action, first, second, schema) => {
    switch (action) {
      case SQLITE_SELECT:
        return SQLITE_OK;
      case SQLITE_READ:
        return judgeRead(first ?? "", second ?? "", schema);
      case SQLITE_FUNCTION:
        return callable.has(second ?? "") ? SQLITE_OK : deny(`function ${second}`);
      default:
        return deny(nameOf(action));
    }
  });
  return {
    begin: () => {
      denied = undefined;
      read = new Set();
    },
    // A copy: a statement that SQLite prepares again while it runs is asked about again.
    seen: () => ({ denied, tables: new Set(read) }),
  };
}

/** Tables that are there without having been made, such as json_each: without a column they look like a statement's own. */
function builtInTables(database: DatabaseSync): (name: string) => boolean {
  const modules = new Set(
    database
      .prepare("PRAGMA module_list")
      .all()
      .map((row) => String(row["name"])),
  );
  // SQLite makes some of them known at their first use.
  return (name) => modules.has(name) || /^(pragma|json|jsonb|sqlite)_/i.test(name);
}

const notActions: readonly string[] = ["SQLITE_OK", "SQLITE_DENY", "SQLITE_IGNORE", "SQLITE_COPY"];

function nameOf(action: number): string {
  const isIt = ([name, value]: [string, unknown]): boolean =>
    value === action && !notActions.includes(name) && !name.startsWith("SQLITE_CHANGESET");
  const name = Object.entries(constants).find(isIt)?.[0];
  return (name ?? `action ${action}`).replace("SQLITE_", "").toLowerCase().replaceAll("_", " ");
}
