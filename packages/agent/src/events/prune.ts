import type { DatabaseSync } from "node:sqlite";
import type { RuleTable } from "@holdfast/rules";

/** One step deletes so many rows at most: the thread that prunes is the one that collects. */
const STEP_ROWS = 5_000;
/** Room is made down to this share of the limit, so that it is not made again with every batch. */
const TARGET_SHARE = 0.9;
const PAGES_GIVEN_BACK = 256;
/** What says that something was lost is small, and goes by age and number alone. */
const LOSSES = "agent_losses";
const MAX_LOSS_ROWS = 100_000;

export interface PruneLimits {
  /** Rows of events that are older than this Unix time go; undefined: none. */
  readonly before?: number;
  readonly maxBytes: number;
}

/** How many rows went, and whether another step is due. */
export interface Pruned {
  readonly byAge: number;
  readonly bySize: number;
  readonly isMoreDue: boolean;
}

/** One step of pruning, the oldest first: by age, then until the pages in use fit the limit again. */
export function pruneStep(database: DatabaseSync, tables: readonly RuleTable[], limits: PruneLimits): Pruned {
  const events = tables.filter(({ kind }) => kind === "events").map(({ name }) => name);
  const byAge = limits.before === undefined ? 0 : sum(events.map((name) => deleteOlder(database, name, limits.before)));
  const bySize = pruneBySize(database, events, limits.maxBytes);
  const surplus = events.includes(LOSSES) ? deleteSurplusLosses(database) : 0;
  if (byAge + bySize + surplus > 0) database.exec(`PRAGMA incremental_vacuum(${PAGES_GIVEN_BACK})`);
  const isTooLarge = bytesInUse(database) > limits.maxBytes * TARGET_SHARE && bySize > 0;
  return { byAge: byAge + surplus, bySize, isMoreDue: byAge >= STEP_ROWS || isTooLarge };
}

/** Among the oldest rows only: their numbers grow with time, so that no index on time is needed. */
function deleteOlder(database: DatabaseSync, table: string, before: number | undefined): number {
  const oldest = `SELECT "seq", "time" FROM "${table}" ORDER BY "seq" LIMIT ${STEP_ROWS}`;
  const sql = `DELETE FROM "${table}" WHERE "seq" IN (SELECT "seq" FROM (${oldest}) WHERE "time" < ?)`;
  return Number(database.prepare(sql).run(before ?? 0).changes);
}

function pruneBySize(database: DatabaseSync, events: readonly string[], maxBytes: number): number {
  if (bytesInUse(database) <= maxBytes) return 0;
  const table = oldestOf(
    database,
    events.filter((name) => name !== LOSSES),
  );
  if (table === undefined) return 0;
  const oldest = `SELECT "seq" FROM "${table}" ORDER BY "seq" LIMIT ${STEP_ROWS}`;
  return Number(database.prepare(`DELETE FROM "${table}" WHERE "seq" IN (${oldest})`).run().changes);
}

/** The table with the oldest event of all. */
function oldestOf(database: DatabaseSync, tables: readonly string[]): string | undefined {
  const firsts = tables.map((table) => {
    const seq = database.prepare(`SELECT min("seq") AS seq FROM "${table}"`).get()?.["seq"];
    return { table, seq: typeof seq === "number" ? seq : Number.POSITIVE_INFINITY };
  });
  const first = firsts.sort((a, b) => a.seq - b.seq)[0];
  return first !== undefined && Number.isFinite(first.seq) ? first.table : undefined;
}

function deleteSurplusLosses(database: DatabaseSync): number {
  const newest = `SELECT "seq" FROM "${LOSSES}" ORDER BY "seq" DESC LIMIT 1 OFFSET ${MAX_LOSS_ROWS}`;
  return Number(database.prepare(`DELETE FROM "${LOSSES}" WHERE "seq" <= (${newest})`).run().changes);
}

/** Pages that hold something: the file itself keeps those that were freed, and uses them again. */
export function bytesInUse(database: DatabaseSync): number {
  const pragma = (name: string): number => Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
  return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
