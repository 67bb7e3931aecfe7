import type { Filtered, LedgerQuery } from "@holdfast/engine";
import { withoutVersion } from "@holdfast/engine/back-end";
import { utf8 } from "@holdfast/kernel/bytes";
import type { QueryConfig } from "pg";

export interface Range {
  readonly start: number;
  readonly end: number;
}

type Column = keyof Filtered;

/** The index that candidates are taken from; `kind` goes by the resources of one kind. */
export type Leading = Column | "kind";

export interface Search extends LedgerQuery {
  readonly range: Range;
  /** Without one, candidates are taken as they stand in the ledger. */
  readonly leading: Leading | undefined;
  /** How many candidates are looked at. */
  readonly maxScanned: number;
}

/** Columns with an index that goes on with the number of the entry, the ones that promise the fewest entries first. */
const INDEXED: readonly Column[] = ["resource", "actor", "action", "tenant"];

/** What leads to the fewest candidates in the order of the ledger; a kind alone is not in that order. */
export function leadingOf(where: Partial<Filtered>): Column | undefined {
  return INDEXED.find((column) => where[column] !== undefined && (column !== "resource" || !isKind(where[column])));
}

const isKind = (resource: string): boolean => !/[:@]/.test(resource);

/** The newest matches among the candidates, one more than a page holds. */
export function matchesSql(search: Search): QueryConfig {
  const parameters = new Parameters();
  const candidates = candidatesSql("seq, bytes, tenant, actor, action, resource, outcome", search, parameters);
  const conditions = filtersOf(search, parameters);
  const text = `SELECT seq, bytes FROM (${candidates} LIMIT ${search.maxScanned}) AS candidates
    WHERE ${["true", ...conditions].join(" AND ")} ORDER BY seq DESC LIMIT ${parameters.add(search.limit + 1)}`;
  return { text, values: parameters.values };
}

/** The candidate at which a page ends that looked at as many as it may; no row when there are not so many. */
export function lastCandidateSql(search: Search): QueryConfig {
  const parameters = new Parameters();
  const candidates = candidatesSql("seq", search, parameters);
  return { text: `${candidates} OFFSET ${search.maxScanned - 1} LIMIT 1`, values: parameters.values };
}

/** How many entries a kind has, as far as up to `most`. */
export function kindCountSql(kind: string, most: number): QueryConfig {
  const parameters = new Parameters();
  const entries = `SELECT 1 FROM entries WHERE ${ofKind(kind, parameters)} LIMIT ${most}`;
  return { text: `SELECT count(*) AS rows FROM (${entries}) AS counted`, values: parameters.values };
}

/** The first entry whose time is not before: times never go back, so it is found by halving, in one round trip. */
export function firstNotBeforeSql(ms: number, size: number): QueryConfig {
  const text = `
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
  return { text, values: [ms, size] };
}

/** Milliseconds since the epoch as a time, exactly: intervals count in microseconds. */
const timeAt = (parameter: string): string => `timestamptz 'epoch' + ${parameter}::bigint * interval '1 millisecond'`;

function candidatesSql(columns: string, { where, range, leading, sinceMs, untilMs }: Search, to: Parameters): string {
  const conditions = [`seq >= ${to.add(range.start)}`, `seq < ${to.add(range.end)}`];
  if (leading === "kind") conditions.push(ofKind(where.resource as string, to));
  else if (leading !== undefined) conditions.push(`${leading} = ${to.add(cellOf(where, leading))}`);
  // The numbers say the same already; times tell which partitions need not be looked at.
  if (sinceMs !== undefined) conditions.push(`time >= ${timeAt(to.add(sinceMs))}`);
  if (untilMs !== undefined) conditions.push(`time < ${timeAt(to.add(untilMs))}`);
  return `SELECT ${columns} FROM entries WHERE ${conditions.join(" AND ")} ORDER BY seq DESC`;
}

/** The kind and everything `kind:…`, as one range of the index; kinds that this one begins are in it too. */
const ofKind = (kind: string, to: Parameters): string =>
  `resource >= ${to.add(kind)} AND resource < ${to.add(`${kind};`)}`;

/** What its column holds: a resource without its version. */
function cellOf(where: Partial<Filtered>, column: Column): string | undefined {
  return column === "resource" ? where.resource && withoutVersion(where.resource) : where[column];
}

/** What the leading index does not say yet. */
function filtersOf({ where, leading }: Search, to: Parameters): string[] {
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
