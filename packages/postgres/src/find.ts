import type { LedgerPage, LedgerQuery, StoredEntry } from "@holdfast/engine";
import { matches } from "@holdfast/engine/back-end";
import { parseEntry } from "@holdfast/kernel/entry";
import type { QueryConfig } from "pg";
import {
  firstNotBeforeSql,
  kindCountSql,
  lastCandidateSql,
  type Leading,
  leadingOf,
  matchesSql,
  type Range,
  type Search,
} from "./find-sql.ts";
import { rowsOf, type Source } from "./pool-reads.ts";

export interface FindLimits {
  /** Entries that one page looks at, at most; `next` says where to go on. */
  readonly maxScanned: number;
  /** A kind with fewer entries is found by its index, and put into order then. */
  readonly rareEntries: number;
}

const LIMITS: FindLimits = { maxScanned: 65_536, rareEntries: 4_096 };

/** As the head says: a row beyond it is none of the ledger's. */
const SIZE = { text: "SELECT size AS seq FROM head WHERE id = 0" };

/**
 * Entries that match, newest first. One index leads to candidates in the order of the ledger, so many at most, and what
 * else is asked for is looked for among those: however rare a match is, no query reads without end.
 */
export async function findEntries(source: Source, query: LedgerQuery, limits = LIMITS): Promise<LedgerPage> {
  const isPossible = Object.values(query.where).every((text) => !text.includes("\0"));
  const range = isPossible ? await rangeOf(source, query) : EMPTY;
  if (range.start >= range.end) return { items: [] };
  const search: Search = { ...query, range, leading: await leading(source, query, limits), ...limits };
  const rows = await rowsOf<StoredEntry>(source, matchesSql(search));
  const last = rows.length > query.limit ? rows[query.limit - 1] : await first(source, lastCandidateSql(search));
  const found = rows.slice(0, query.limit).map(({ bytes }) => ({ entry: parseEntry(bytes), bytes }));
  // Columns only lead to an entry; its bytes decide.
  const items = found.filter(({ entry }) => matches(entry, query.where));
  return last !== undefined && last.seq > range.start ? { items, next: last.seq } : { items };
}

const EMPTY: Range = { start: 0, end: 0 };

async function rangeOf(source: Source, { before, sinceMs, untilMs }: LedgerQuery): Promise<Range> {
  const size = (await first(source, SIZE))?.seq ?? 0;
  const at = async (ms: number): Promise<number> => (await first(source, firstNotBeforeSql(ms, size)))?.seq ?? size;
  const start = sinceMs === undefined ? 0 : await at(sinceMs);
  const until = untilMs === undefined ? size : await at(untilMs);
  return { start, end: Math.min(size, before ?? size, until) };
}

/** A kind stands for many resources, whose entries no index has in order: it leads when it has few. */
async function leading(
  source: Source,
  { where }: LedgerQuery,
  { rareEntries }: FindLimits,
): Promise<Leading | undefined> {
  const otherwise = leadingOf(where);
  if (where.resource === undefined || otherwise === "resource") return otherwise;
  const [counted] = await rowsOf<{ rows: number }>(source, kindCountSql(where.resource, rareEntries));
  return counted !== undefined && counted.rows < rareEntries ? "kind" : otherwise;
}

async function first(source: Source, query: QueryConfig): Promise<StoredEntry | undefined> {
  return (await rowsOf<StoredEntry>(source, query))[0];
}
