import type { Filtered, FoundEntry, LedgerPage, LedgerQuery, StoredEntry } from "@holdfast/engine";
import { matches } from "@holdfast/engine/back-end";
import { utf8 } from "@holdfast/kernel/bytes";
import { parseEntry } from "@holdfast/kernel/entry";
import type { QueryConfig } from "pg";
import { rowsOf, type Source } from "./pool-reads.ts";

/** Entries that one page looks at, at most; `next` says where to go on. */
const MAX_SCANNED = 16_384;

/** Milliseconds since the epoch as PostgreSQL's time, exactly: intervals count in microseconds. */
const timeAt = (parameter: string): string => `timestamptz 'epoch' + ${parameter}::bigint * interval '1 millisecond'`;

/** As the head says: a row beyond it is none of the ledger's. */
const SIZE = "SELECT size AS seq FROM head WHERE id = 0";
/** The first entry whose time is not before $1: times never go back, so it is found by halving, in one round trip. */
const FIRST_NOT_BEFORE = `
  WITH RECURSIVE halved (low, high) AS (
    SELECT 0::bigint, $2::bigint
    UNION ALL
    SELECT CASE WHEN is_before THEN middle + 1 ELSE low END, CASE WHEN is_before THEN high ELSE middle END
    FROM halved
    CROSS JOIN LATERAL (SELECT (low + high) / 2 AS middle) AS half
    CROSS JOIN LATERAL (
      SELECT coalesce((SELECT min(time) FROM entries WHERE seq = middle) < ${timeAt("$1")}, false) AS is_before
    ) AS compared
    WHERE low < high)
  SELECT low AS seq FROM halved WHERE low = high`;

/**
 * Entries that match, newest first. One index leads to at most 16,384 candidates in the order of the ledger, and what
 * else is asked for is looked for among those: however rare a match is, no query reads without end.
 */
export async function findEntries(source: Source, query: LedgerQuery, maxScanned = MAX_SCANNED): Promise<LedgerPage> {
  const isPossible = Object.values(query.where).every((text) => !text.includes("\0"));
  const range = isPossible ? await rangeOf(source, query) : EMPTY;
  if (range.start >= range.end) return { items: [] };
  const rows = await rowsOf<StoredEntry>(source, matchesSql(query, range, maxScanned));
  const items = rows.slice(0, query.limit).map(({ bytes }) => ({ entry: parseEntry(bytes), bytes }));
  const last =
    rows.length > query.limit ? rows[query.limit - 1] : await lastCandidate(source, query, range, maxScanned);
  const found = items.filter((item) => isTrue(item, query));
  return last !== undefined && last.seq > range.start ? { items: found, next: last.seq } : { items: found };
}

/** Columns only lead to an entry; its bytes decide. */
const isTrue = ({ entry }: FoundEntry, { where }: LedgerQuery): boolean => matches(entry, where);

interface Range {
  readonly start: number;
  readonly end: number;
}

const EMPTY: Range = { start: 0, end: 0 };

async function rangeOf(source: Source, { before, sinceMs, untilMs }: LedgerQuery): Promise<Range> {
  const size = await seqOf(source, { text: SIZE, values: [] });
  const at = (ms: number): Promise<number> => seqOf(source, { text: FIRST_NOT_BEFORE, values: [ms, size] });
  const start = sinceMs === undefined ? 0 : await at(sinceMs);
  const until = untilMs === undefined ? size : await at(untilMs);
  return { start, end: Math.min(size, before ?? size, until) };
}

async function seqOf(source: Source, query: QueryConfig): Promise<number> {
  return (await rowsOf<StoredEntry>(source, query))[0]?.seq ?? 0;
}

/** Where a page ends that looked at as many entries as it may; undefined when there were not so many. */
async function lastCandidate(
  source: Source,
  query: LedgerQuery,
  range: Range,
  maxScanned: number,
): Promise<StoredEntry | undefined> {
  const parameters = new Parameters();
  const candidates = candidatesSql("seq", query, range, parameters);
  const text = `${candidates} OFFSET ${maxScanned - 1} LIMIT 1`;
  return (await rowsOf<StoredEntry>(source, { text, values: parameters.values }))[0];
}

function matchesSql(query: LedgerQuery, range: Range, maxScanned: number): QueryConfig {
  const parameters = new Parameters();
  const candidates = candidatesSql("seq, bytes, tenant, actor, action, resource, outcome", query, range, parameters);
  const conditions = filtersOf(query.where, parameters);
  const text = `SELECT seq, bytes FROM (${candidates} LIMIT ${maxScanned}) AS candidates
    WHERE ${["true", ...conditions].join(" AND ")} ORDER BY seq DESC LIMIT ${parameters.add(query.limit + 1)}`;
  return { text, values: parameters.values };
}

/** Entries of the range by the one index that promises to lead to the fewest. */
function candidatesSql(
  columns: string,
  { where, sinceMs, untilMs }: LedgerQuery,
  range: Range,
  to: Parameters,
): string {
  const conditions = [`seq >= ${to.add(range.start)}`, `seq < ${to.add(range.end)}`];
  const leading = leadingColumn(where);
  if (leading !== undefined) conditions.push(`${leading} = ${to.add(cellOf(where, leading))}`);
  // The numbers say the same already; times tell which partitions need not be looked at.
  if (sinceMs !== undefined) conditions.push(`time >= ${timeAt(to.add(sinceMs))}`);
  if (untilMs !== undefined) conditions.push(`time < ${timeAt(to.add(untilMs))}`);
  return `SELECT ${columns} FROM entries WHERE ${conditions.join(" AND ")} ORDER BY seq DESC`;
}

type Column = keyof Filtered;

/** Columns with an index that goes on with the number of the entry; the first that is asked for is taken. */
const LEADING: readonly Column[] = ["resource", "actor", "action", "tenant"];

/** A kind alone stands for many resources, whose entries no index has in the order of the ledger. */
const leads = (where: Partial<Filtered>, column: Column): boolean =>
  where[column] !== undefined && (column !== "resource" || /[:@]/.test(where[column]));

function leadingColumn(where: Partial<Filtered>): Column | undefined {
  return LEADING.find((column) => leads(where, column));
}

/** What its column holds: a resource without its version. */
function cellOf(where: Partial<Filtered>, column: Column): string | undefined {
  return column === "resource" ? where.resource?.replace(/@.*$/, "") : where[column];
}

/** What the leading column does not say yet. */
function filtersOf(where: Partial<Filtered>, to: Parameters): string[] {
  const leading = leadingColumn(where);
  const others = (Object.keys(where) as Column[]).filter((column) => column !== leading);
  const conditions = others.map((column) => conditionOf(where, column, to));
  if (where.resource?.includes("@")) conditions.push(`position(${to.add(spelled(where.resource))} in bytes) > 0`);
  return conditions;
}

function conditionOf(where: Partial<Filtered>, column: Column, to: Parameters): string {
  const isSame = `${column} = ${to.add(cellOf(where, column))}`;
  if (column !== "resource") return isSame;
  // Between ":" and the character behind it: everything of this kind.
  return `(${isSame} OR resource >= ${to.add(`${where.resource}:`)} AND resource < ${to.add(`${where.resource};`)})`;
}

/** As an entry's bytes spell it, and spell nothing else: no field's grammar has a quote. */
const spelled = (resource: string): Uint8Array => utf8(`"resource":"${resource}"`);

class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}
