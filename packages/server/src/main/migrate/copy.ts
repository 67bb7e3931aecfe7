import type { Cell, Table } from "@holdfast/engine";
import type { SignedHead } from "@holdfast/kernel/head";
import { checkpoints, entries, type Relation, relationOf, tiles } from "./relation.ts";

/** A row of a relation: every column by its name. */
export type CopiedRow = Readonly<Record<string, Cell>>;

/** Bounds of one set of rows: what is in memory, and what one transaction writes. */
export const MAX_SET_ROWS = 1_000;
export const MAX_SET_BYTES = 4 * 1024 * 1024;

/** A ledger and its state that stand still, or say at the end that they did not. */
export interface CopySource {
  readonly head: SignedHead;
  count(relation: Relation): Promise<number>;
  /** The next set in the order of the key: after this row, or from the first; empty at the end. */
  read(relation: Relation, after: CopiedRow | undefined): Promise<readonly CopiedRow[]>;
  /** Refuses when the ledger has gone on since it was opened. */
  insistUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/** `begun`: an earlier run was ended in the middle. `copied`: everything is there, the head too. */
export type TargetState = "empty" | "begun" | "copied";

/** Where a ledger is copied to: nothing that a server would start on until it is published. */
export interface CopyTarget {
  /** What stands there; changes nothing, and refuses what is neither empty nor a copy of this very head. */
  inspect(head: SignedHead): Promise<TargetState>;
  /** Makes ready for rows, or goes on where an earlier run ended. */
  begin(head: SignedHead): Promise<TargetState>;
  /** Key columns of the last row that is there. */
  last(relation: Relation): Promise<CopiedRow | undefined>;
  count(relation: Relation): Promise<number>;
  /** Adds a set in the order of the key, in one transaction. */
  write(relation: Relation, rows: readonly CopiedRow[]): Promise<void>;
  /** The last piece and the head, in one transaction: what has a head has everything. */
  finish(head: SignedHead, checkpoints: readonly CopiedRow[]): Promise<void>;
  /** Lets servers start on it: for a copy that was verified. */
  publish(): Promise<void>;
  close(): Promise<void>;
}

/** How many rows of which relation are there, of how many. */
export type OnCopied = (relation: string, done: number, size: number) => void;

export interface Copied {
  readonly entries: number;
  readonly tiles: number;
  readonly rows: number;
  readonly checkpoints: number;
}

/**
 * Copies everything byte for byte, in sets of bounded size. A run that was ended in the middle is taken up after the last
 * set: sets are written in the order of the key, and nothing of the source has changed, which its head says.
 */
export async function copy(
  source: CopySource,
  target: CopyTarget,
  tables: readonly Table[],
  onCopied: OnCopied,
): Promise<{ readonly begun: TargetState; readonly copied: Copied }> {
  const { head } = source;
  const begun = await target.begin(head);
  if (begun !== "copied") {
    for (const relation of [entries, tiles, ...tables.map(relationOf)]) {
      await copyRelation(source, target, relation, onCopied);
    }
    const last = await readAll(source, checkpoints);
    await source.insistUnchanged();
    await target.finish(head, last);
  }
  return { begun, copied: await countsOf(target, tables) };
}

async function copyRelation(
  source: CopySource,
  target: CopyTarget,
  relation: Relation,
  onCopied: OnCopied,
): Promise<void> {
  const size = await source.count(relation);
  let done = await target.count(relation);
  let last = await target.last(relation);
  onCopied(relation.name, done, size);
  for (;;) {
    const rows = await source.read(relation, last);
    if (rows.length === 0) return;
    await target.write(relation, rows);
    last = rows.at(-1);
    done += rows.length;
    onCopied(relation.name, done, size);
  }
}

async function readAll(source: CopySource, relation: Relation): Promise<readonly CopiedRow[]> {
  const all: CopiedRow[] = [];
  for (;;) {
    const rows = await source.read(relation, all.at(-1));
    if (rows.length === 0) return all;
    all.push(...rows);
  }
}

async function countsOf(target: CopyTarget, tables: readonly Table[]): Promise<Copied> {
  let rows = 0;
  for (const table of tables) rows += await target.count(relationOf(table));
  return {
    entries: await target.count(entries),
    tiles: await target.count(tiles),
    rows,
    checkpoints: await target.count(checkpoints),
  };
}

/** A set ends before it holds more bytes than this, unless one row alone does. */
export function cellBytes(cell: Cell): number {
  if (cell === null) return 1;
  if (typeof cell === "number") return 8;
  return typeof cell === "string" ? Buffer.byteLength(cell) : cell.byteLength;
}
