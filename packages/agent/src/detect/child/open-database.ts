import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { ChildOptions, ChildTable, RowBounds } from "../protocol.ts";

const BUSY_TIMEOUT_MS = 2_000;
const CACHE_KIBIBYTES = 2_048;
/** Name of the function by which a view asks which rows it shows. */
export const BOUND_FUNCTION = "holdfast_bound";

/** SQLite's own limits for one statement and one value (sqlite.org/limits.html). */
const LIMITS = {
  length: 1_048_576,
  sqlLength: 1_048_576,
  exprDepth: 1_000,
  compoundSelect: 16,
  functionArg: 32,
  attach: 0,
  likePatternLength: 4_096,
  triggerDepth: 1,
} as const;

export interface OpenedDatabase {
  readonly database: DatabaseSync;
  /** Which rows the tables show from now on; a table without bounds shows none. */
  setBounds(bounds: Readonly<Record<string, RowBounds>>): void;
}

/**
 * Opens the event store so that nothing can be written: a read-only connection, whose shared index is read-only too (else
 * a process that was taken over could mislead the writer by it), `query_only`, defensive, no ATTACH, no extensions. Each
 * statement reads one snapshot of it. What is left to a process that was taken over are read locks: they keep the writer
 * from cutting its log, until the deadline.
 */
export function openDatabase({ databasePath, tables, without }: ChildOptions): OpenedDatabase {
  const isOn = (line: string): boolean => !without.includes(line);
  const url = pathToFileURL(databasePath);
  if (isOn("read_only")) url.searchParams.set("readonly_shm", "1");
  const database = new DatabaseSync(url, {
    readOnly: isOn("read_only"),
    defensive: isOn("defensive"),
    timeout: BUSY_TIMEOUT_MS,
    allowExtension: false,
    limits: { ...LIMITS, ...(isOn("defensive") ? {} : { attach: 10 }) },
  });
  database.exec(
    `PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA cache_size = -${CACHE_KIBIBYTES}`,
  );
  const mode = database.prepare("PRAGMA journal_mode").get()?.["journal_mode"];
  // Any other journal is a file that would have to be opened in the middle of a query.
  if (mode !== "wal") throw new Error(`The event store has journal mode ${String(mode)}, not wal.`);
  const setBounds = createViews(database, tables);
  // Opens the write-ahead log and its index while files can be opened.
  for (const { name } of tables) database.prepare(`SELECT count(*) FROM temp."${name}"`).get();
  if (isOn("query_only")) database.exec("PRAGMA query_only = ON");
  return { database, setBounds };
}

const NOTHING: RowBounds = { after: 0, upTo: -1 };
const ALWAYS = Number.MIN_SAFE_INTEGER;
const BOUNDS_OF_TABLE = 3;

/**
 * A temporary view before each table, of the same name, shows the rows within the bounds. They come from a function, so
 * that views, prepared statements and the authorizer stay while bounds change with each request.
 */
function createViews(database: DatabaseSync, tables: readonly ChildTable[]): OpenedDatabase["setBounds"] {
  const values: number[] = [];
  database.function(BOUND_FUNCTION, { deterministic: true }, (index) => values[Number(index)] ?? 0);
  tables.forEach((table, index) => database.exec(viewOf(table, index * BOUNDS_OF_TABLE)));
  return (bounds) => {
    tables.forEach(({ name }, index) => {
      const { after, upTo, since } = Object.hasOwn(bounds, name) ? bounds[name]! : NOTHING;
      values.splice(index * BOUNDS_OF_TABLE, BOUNDS_OF_TABLE, after, upTo, since ?? ALWAYS);
    });
  };
}

function viewOf({ name, columns }: ChildTable, first: number): string {
  const bound = (offset: number): string => `${BOUND_FUNCTION}(${first + offset})`;
  const since = columns.includes("time") ? ` AND "time" >= ${bound(2)}` : "";
  const shown = columns.map((column) => `"${column}"`).join(", ");
  return `CREATE TEMP VIEW "${name}" AS SELECT ${shown} FROM main."${name}" WHERE "seq" > ${bound(0)} AND "seq" <= ${bound(1)}${since}`;
}
