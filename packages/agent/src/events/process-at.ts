import type { DatabaseSync } from "node:sqlite";
import type { Row } from "./row.ts";

/** What names a process in a row that a rule found. */
export interface ProcessSought {
  readonly pid?: number;
  /** Number of the change that the row is, where the row has it. */
  readonly seq?: number;
  /** Columns of the row that a process has too: a pid names several, one after another, and one that becomes another program. */
  readonly like: Row;
  /** The rule looked at the changes above `after`, up to `upTo`. */
  readonly after: number;
  readonly upTo: number;
}

/** What people want to know of a process: what it is, whose, and what started it. */
export const processColumns = [
  "pid",
  "name",
  "path",
  "cmdline",
  "username",
  "sha256",
  "parent",
  "parent_name",
  "parent_path",
  "parent_cmdline",
] as const;

/** Columns by which one process is told from another of the same pid. */
export const tellingColumns: readonly string[] = [...processColumns.filter((name) => name !== "pid"), "start_time"];

const COLUMNS = [...processColumns, "start_time"].map((name) => `"${name}"`).join(", ");
/** Events that are looked through for one that is not running any more and was not seen just now. */
const MAX_LOOKED_THROUGH = 5_000;

/**
 * The process that is meant, as it stood up to `upTo`: the row itself, else an event among those that the rule looked at,
 * else what runs, else what ended lately; one that is like the row before any other.
 */
export function processAt(database: DatabaseSync, sought: ProcessSought): Row | undefined {
  const found =
    bySeq(database, sought) ??
    byPid(database, sought, likeness(sought.like)) ??
    // The row's columns of these names may be those of something else, such as a file; when it began is a process's alone.
    byPid(database, sought, likeness(startIn(sought.like)));
  return found && completed(database, found);
}

/** What a process has to be like, as a condition. */
interface Likeness {
  readonly sql: string;
  readonly values: Values;
}

function likeness(like: Row): Likeness {
  const columns = tellingColumns.filter((name) => like[name] !== undefined);
  return { sql: columns.map((name) => ` AND "${name}" = ?`).join(""), values: columns.map((name) => like[name]!) };
}

const startIn = ({ start_time }: Row): Row => (typeof start_time === "number" ? { start_time } : {});

type Values = readonly (string | number)[];

const first = (database: DatabaseSync, sql: string, values: Values): Row | undefined =>
  database.prepare(sql).get(...values) as Row | undefined;

function bySeq(database: DatabaseSync, { seq, pid }: ProcessSought): Row | undefined {
  if (seq === undefined) return undefined;
  for (const table of ["process_events", "processes"]) {
    const row = first(database, `SELECT ${COLUMNS} FROM "${table}" WHERE "seq" = ?`, [seq]);
    // A row of another table, or a column of the rule's own that is called so.
    if (row !== undefined && (pid === undefined || row["pid"] === pid)) return row;
  }
  return undefined;
}

function byPid(database: DatabaseSync, { pid, after, upTo }: ProcessSought, like: Likeness): Row | undefined {
  if (pid === undefined) return undefined;
  return (
    newestEvent(database, { after, upTo }, pid, like) ??
    running(database, pid, like) ??
    newestEvent(database, { after: 0, upTo }, pid, like)
  );
}

function running(database: DatabaseSync, pid: number, { sql, values }: Likeness): Row | undefined {
  const from = `SELECT ${COLUMNS} FROM "processes" WHERE "pid" = ?${sql} ORDER BY "start_time" DESC LIMIT 1`;
  return first(database, from, [pid, ...values]);
}

/** By their numbers: there is no index of pids, and a search through all that was kept would hold up the agent. */
function newestEvent(
  database: DatabaseSync,
  { after, upTo }: Pick<ProcessSought, "after" | "upTo">,
  pid: number,
  { sql, values }: Likeness,
): Row | undefined {
  const last = `SELECT "seq" FROM "process_events" WHERE "seq" > ? AND "seq" <= ? ORDER BY "seq" DESC LIMIT ${MAX_LOOKED_THROUGH}`;
  const floor = first(database, `SELECT min("seq") AS "seq" FROM (${last})`, [after, upTo])?.["seq"];
  if (typeof floor !== "number") return undefined;
  const from = `SELECT ${COLUMNS} FROM "process_events" WHERE "seq" >= ? AND "seq" <= ? AND "pid" = ?${sql}`;
  return first(database, `${from} ORDER BY "seq" DESC LIMIT 1`, [floor, upTo, pid, ...values]);
}

/** An event may be older than the hash of its file: what runs has it meanwhile. */
function completed(database: DatabaseSync, row: Row): Row {
  const { pid, start_time, path, sha256 } = row;
  if (sha256 !== "") return row;
  const sql = `SELECT "sha256" FROM "processes" WHERE "pid" = ? AND "start_time" = ? AND "path" = ?`;
  const later = first(database, sql, [Number(pid), Number(start_time), String(path)]);
  return later === undefined ? row : { ...row, ...later };
}
