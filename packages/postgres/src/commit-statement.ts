import type { Cell, Table } from "@holdfast/engine";
import { type Column, layoutOf } from "@holdfast/engine/back-end";
import type { SignedHead } from "@holdfast/kernel/head";
import type { Tile } from "@holdfast/kernel/tiles";
import { binaryArray, type ElementType } from "./binary-array.ts";
import type { RowChange } from "./row-changes.ts";
import { quoted, SQL_TYPES } from "./sql.ts";

/** An entry as it is stored: its exact bytes, and beside them what queries go by. */
export interface NewEntry {
  readonly bytes: Uint8Array;
  readonly payload: Uint8Array;
  readonly tenant: string;
  readonly actor: string;
  readonly action: string;
  /** Without its version. */
  readonly resource: string;
  readonly outcome: string;
}

/** A batch ready to be committed on top of one head. */
export interface NewBatch {
  /** The head it stands on; undefined when it begins the ledger. */
  readonly before: SignedHead | undefined;
  readonly head: SignedHead;
  readonly entries: readonly NewEntry[];
  /** Of all entries: times never go back, and a batch has one. */
  readonly time: string;
  readonly tiles: readonly Tile[];
  readonly rows: readonly RowChange[];
  /** Footprint keys that the batch writes, for the caches of other nodes. */
  readonly writes: readonly string[];
  /** Shows other nodes that a node wrote this. */
  readonly mac: Uint8Array;
  readonly node: string;
  /** Wakes other nodes; where the database knows no NOTIFY they find out by looking. */
  readonly isNotified: boolean;
}

export interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** What the statement answers, as one row. */
export interface CommitAnswer {
  /** 1 when the batch stands; 0 when nothing of it does. */
  readonly fenced: number;
  /** Size of the ledger that the statement saw; null when there was none. */
  readonly size: number | null;
  /** Rows that were not as expected, by their place in `rows`, with the version found; null when all were. */
  readonly misses: readonly { readonly at: number; readonly rev: number }[] | null;
}

/** Channel of notifications; the payload is the ledger's new size. */
export const CHANNEL = "holdfast";

/**
 * The whole batch as one statement, so one transaction and one round trip. Everything hangs on `fence`, the update of
 * the head that this batch stands on. Parts of a statement share its snapshot: when another node commits in between,
 * the fence meets the newer head and matches nothing, and every other part, which selects from the fence, does nothing.
 * When the fence holds, the snapshot is that head's state exactly, so the row versions compared in it are the truth.
 * The last column divides by zero, and so undoes everything, should fewer rows have been written than were planned.
 */
export function commitStatement(batch: NewBatch): Statement {
  const parts = new Parts();
  const groups = groupsOf(batch.rows);
  for (const [index, group] of groups.entries()) addChecks(parts, group, index);
  parts.add("misses", groups.length === 0 ? "SELECT 0 AS at, 0 AS rev WHERE false" : unionOf("m", groups.length));
  addFence(parts, batch);
  addEntries(parts, batch);
  addTiles(parts, batch.tiles);
  addBatchRow(parts, batch);
  const written = groups.flatMap((group, index) => addWrites(parts, group, index));
  if (batch.isNotified) {
    parts.add("notified", `SELECT pg_notify('${CHANNEL}', size::text) FROM fence`);
  }
  return { text: `${parts.text()}\n${answerOf(parts, batch, written)}`, values: parts.values };
}

/** Common table expressions and the parameters they name. */
class Parts {
  readonly values: unknown[] = [];
  readonly #expressions: string[] = [];

  add(name: string, sql: string): void {
    this.#expressions.push(`${name} AS (${sql})`);
  }

  value(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }

  array(type: ElementType, cells: readonly Cell[]): string {
    return this.value(binaryArray(type, cells), `${SQL_TYPES[type]}[]`);
  }

  text(): string {
    return `WITH ${this.#expressions.join(",\n")}`;
  }
}

/** The rows of one table that will be there, or that will not. */
interface Group {
  readonly table: Table;
  readonly isPut: boolean;
  readonly members: readonly { readonly at: number; readonly change: RowChange }[];
}

function groupsOf(rows: readonly RowChange[]): readonly Group[] {
  const groups = new Map<string, Group & { readonly members: { at: number; change: RowChange }[] }>();
  for (const [at, change] of rows.entries()) {
    const isPut = change.final !== undefined;
    const name = `${change.table.name} ${isPut}`;
    const group = groups.get(name) ?? { table: change.table, isPut, members: [] };
    group.members.push({ at, change });
    groups.set(name, group);
  }
  // One order whatever came first: the same kinds of changes make the same text, which is prepared once.
  return [...groups.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, group]) => group);
}

const keyMatches = (table: Table): string =>
  layoutOf(table)
    .key.map(({ name }) => `t.${quoted(name)} = v.${quoted(name)}`)
    .join(" AND ");

/** `v…`: the rows as they come in. `m…`: those of them that are not as expected. */
function addChecks(parts: Parts, { table, isPut, members }: Group, index: number): void {
  const columns = isPut ? layoutOf(table).columns : layoutOf(table).key;
  const cellsOf = ({ name }: Column): Cell[] =>
    members.map(({ change }) => (change.final?.row ?? change.key)[name] ?? null);
  const arrays = columns.map((column) => parts.array(column.type, cellsOf(column)));
  const names = columns.map(({ name }) => quoted(name));
  const add = (name: string, type: ElementType, cells: readonly Cell[]): void => {
    arrays.push(parts.array(type, cells));
    names.push(quoted(name));
  };
  add(
    "$at",
    "integer",
    members.map(({ at }) => at),
  );
  add(
    "$expect",
    "integer",
    members.map(({ change }) => change.expect),
  );
  if (isPut) {
    add(
      "rev",
      "integer",
      members.map(({ change }) => change.final!.rev),
    );
    add(
      "seq",
      "integer",
      members.map(({ change }) => change.final!.seq),
    );
    add(
      "mac",
      "blob",
      members.map(({ change }) => change.final!.mac),
    );
  }
  parts.add(`v${index}`, `SELECT * FROM unnest(${arrays.join(", ")}) AS u(${names.join(", ")})`);
  parts.add(
    `m${index}`,
    `SELECT v."$at" AS at, coalesce(t."rev", 0) AS rev FROM v${index} v LEFT JOIN ${quoted(table.name)} t ON ${keyMatches(table)} WHERE coalesce(t."rev", 0) <> v."$expect"`,
  );
}

const unionOf = (prefix: string, count: number): string =>
  Array.from({ length: count }, (_, index) => `SELECT * FROM ${prefix}${index}`).join(" UNION ALL ");

function addFence(parts: Parts, { before, head }: NewBatch): void {
  const unlessMissed = "NOT EXISTS (SELECT FROM misses)";
  const { size, chain, root, epoch, origin, signature } = head;
  const next = [parts.value(size, "bigint"), parts.value(chain, "text"), parts.value(root, "text")];
  const signed = parts.value(signature, "text");
  if (before === undefined) {
    const rest = [parts.value(epoch, "bigint"), parts.value(origin, "text"), signed];
    parts.add(
      "fence",
      `INSERT INTO head (id, size, chain, root, epoch, origin, signature) SELECT 0, ${[...next, ...rest].join(", ")} WHERE ${unlessMissed} ON CONFLICT DO NOTHING RETURNING size`,
    );
    return;
  }
  const [nextSize, nextChain, nextRoot] = next;
  const stands = `size = ${parts.value(before.size, "bigint")} AND chain = ${parts.value(before.chain, "text")} AND epoch = ${parts.value(before.epoch, "bigint")}`;
  parts.add(
    "fence",
    `UPDATE head SET size = ${nextSize}, chain = ${nextChain}, root = ${nextRoot}, signature = ${signed} WHERE id = 0 AND ${stands} AND ${unlessMissed} RETURNING size`,
  );
}

function addEntries(parts: Parts, { entries, before, time }: NewBatch): void {
  const texts = (["tenant", "actor", "action", "resource", "outcome"] as const).map((name) =>
    parts.array(
      "text",
      entries.map((entry) => entry[name]),
    ),
  );
  const blobs = (["bytes", "payload"] as const).map((name) =>
    parts.array(
      "blob",
      entries.map((entry) => entry[name]),
    ),
  );
  const first = parts.value(before?.size ?? 0, "bigint");
  parts.add(
    "e",
    `INSERT INTO entries (seq, time, tenant, actor, action, resource, outcome, bytes, payload) SELECT ${first} + u.n - 1, ${parts.value(time, "timestamptz")}, u.tenant, u.actor, u.action, u.resource, u.outcome, u.bytes, u.payload FROM unnest(${[...texts, ...blobs].join(", ")}) WITH ORDINALITY AS u(tenant, actor, action, resource, outcome, bytes, payload, n), fence`,
  );
}

function addTiles(parts: Parts, tiles: readonly Tile[]): void {
  if (tiles.length === 0) return;
  const columns = [
    parts.array(
      "integer",
      tiles.map(({ level }) => level),
    ),
    parts.array(
      "integer",
      tiles.map(({ index }) => index),
    ),
    parts.array(
      "blob",
      tiles.map(({ hashes }) => hashes),
    ),
  ];
  parts.add(
    "ti",
    `INSERT INTO tiles (level, idx, hashes) SELECT u.level::int, u.idx, u.hashes FROM unnest(${columns.join(", ")}) AS u(level, idx, hashes), fence ON CONFLICT (level, idx) DO UPDATE SET hashes = excluded.hashes`,
  );
}

function addBatchRow(parts: Parts, { head, before, node, writes, mac }: NewBatch): void {
  const cells = [
    parts.value(head.size, "bigint"),
    parts.value(before?.size ?? 0, "bigint"),
    parts.value(node, "text"),
    parts.array("text", writes),
    parts.value(Buffer.from(mac), "bytea"),
  ];
  parts.add("b", `INSERT INTO batches (next_seq, first_seq, node, writes, mac) SELECT ${cells.join(", ")} FROM fence`);
}

interface Written {
  readonly name: string;
  readonly rows: number;
}

/** Each kind of write names the version it replaces once more: the second guard. */
function addWrites(parts: Parts, { table, isPut, members }: Group, index: number): readonly Written[] {
  const existing = members.filter(({ change }) => change.expect > 0).length;
  const target = `${quoted(table.name)} t`;
  const same = `${keyMatches(table)} AND t."rev" = v."$expect" AND v."$expect" > 0`;
  if (!isPut) {
    parts.add(`d${index}`, `DELETE FROM ${target} USING v${index} v, fence WHERE ${same} RETURNING 1`);
    return [{ name: `d${index}`, rows: existing }];
  }
  const columns = [...layoutOf(table).columns.map(({ name }) => name), "rev", "seq", "mac"].map(quoted);
  const values = columns.map((column) => `v.${column}`).join(", ");
  parts.add(
    `i${index}`,
    `INSERT INTO ${quoted(table.name)} (${columns.join(", ")}) SELECT ${values} FROM v${index} v, fence WHERE v."$expect" = 0 RETURNING 1`,
  );
  const assigned = columns.map((column) => `${column} = v.${column}`).join(", ");
  parts.add(`u${index}`, `UPDATE ${target} SET ${assigned} FROM v${index} v, fence WHERE ${same} RETURNING 1`);
  return [
    { name: `i${index}`, rows: members.length - existing },
    { name: `u${index}`, rows: existing },
  ];
}

function answerOf(parts: Parts, { isNotified }: NewBatch, written: readonly Written[]): string {
  const count = (name: string): string => `(SELECT count(*) FROM ${name})`;
  const expected = parts.value(
    written.reduce((sum, { rows }) => sum + rows, 0),
    "bigint",
  );
  const done = ["0", ...written.map(({ name }) => count(name))].join(" + ");
  return `SELECT ${count("fence")} AS fenced,
  (SELECT size FROM head WHERE id = 0) AS size,
  (SELECT json_agg(json_build_object('at', at, 'rev', rev)) FROM misses) AS misses,
  1 / (CASE WHEN ${count("fence")} = 0 OR ${done} = ${expected} THEN 1 ELSE 0 END) AS held${isNotified ? `,\n  ${count("notified")} AS notified` : ""}`;
}
