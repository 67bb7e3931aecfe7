import type { Table } from "@holdfast/engine";
import type { Layout } from "@holdfast/engine/back-end";
import { quoted, SQL_TYPES } from "./sql.ts";

const MAX_BATCH_ROWS = 512;
/** Of text and blobs; the row that goes beyond is the last of its batch. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

const list = (names: readonly string[], of = ""): string => names.map((name) => `${of}${quoted(name)}`).join(", ");

/** Names that no declaration can have. */
export const PLACE = "$place";
const BYTES_BEFORE = "$before";

const storedColumns = ({ columns }: Layout): string[] => [...columns.map(({ name }) => name), "rev", "seq", "mac"];

/** The rows with the keys that come as one array a key column, and each key's place in these as the last. */
export function rowsSql(layout: Layout): string {
  const { table, key } = layout;
  const arrays = [...key.map(({ type }) => SQL_TYPES[type]), "bigint"].map((type, at) => `$${at + 1}::${type}[]`);
  const matches = table.key.map((name) => `stored.${quoted(name)} = asked.${quoted(name)}`).join(" AND ");
  return `SELECT ${list(storedColumns(layout), "stored.")}, asked.${quoted(PLACE)}
    FROM unnest(${arrays.join(", ")}) AS asked (${list([...table.key, PLACE])})
    JOIN ${quoted(table.name)} AS stored ON ${matches}`;
}

/** The rows behind a key, in the order of keys, as many as memory should hold at a time. */
export function batchSql(layout: Layout, isContinued: boolean): string {
  const { table, columns } = layout;
  const sized = columns.filter(({ type }) => type !== "integer");
  const size = ["0", ...sized.map(({ name }) => `coalesce(octet_length(${quoted(name)}), 0)`)].join(" + ");
  const order = list(table.key);
  const places = table.key.map((_, at) => `$${at + 1}`).join(", ");
  const stored = list(storedColumns(layout));
  return `SELECT ${stored} FROM (
      SELECT ${stored}, sum(${size}) OVER (ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ${quoted(BYTES_BEFORE)}
      FROM ${quoted(table.name)} ${isContinued ? `WHERE (${order}) > (${places})` : ""}
      ORDER BY ${order} LIMIT ${MAX_BATCH_ROWS}) AS batch
    WHERE coalesce(${quoted(BYTES_BEFORE)}, 0) <= ${MAX_BATCH_BYTES} ORDER BY ${order}`;
}

/** Rows of the table by the order of columns, so that an index which has that order can be what leads to them. */
export function countSql(table: Table, columns: readonly string[]): string {
  const order = columns.length === 0 ? "" : `ORDER BY ${list(columns)}`;
  return `SELECT count(*) AS rows FROM (SELECT 1 FROM ${quoted(table.name)} ${order} OFFSET 0) AS ordered`;
}

/** One more than there should be: a second row with a number of the block would lead to the same entry. */
export const INDEXED = `SELECT seq, tenant, actor, action, resource, outcome, (extract(epoch FROM time) * 1000)::text AS ms
  FROM entries WHERE seq >= $1 AND seq < $2 ORDER BY seq LIMIT $2 - $1 + 1`;
