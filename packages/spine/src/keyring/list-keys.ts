import { setImmediate as nextTurn } from "node:timers/promises";
import type { Context, Plan, Reads, Table } from "@holdfast/engine";
import { deksTable, type Kek, kekFootprint, kekOf, keksTable, payloadKeysTable } from "./store.ts";

const MAX_LISTED = 1000;
const COUNT_PAGE = 500;
/** References are counted up to here: whether a KEK can end is decided by the sweep, not by this number. */
const MAX_COUNTED = 10_000;

export interface KekView {
  readonly version: number;
  readonly state: Kek["state"];
  readonly createdAt: string;
  readonly references: number;
}

/** `key.list`: KEK versions of the tenant, newest first. */
export async function listKeys(context: Context): Promise<Plan> {
  context.reads.touch(kekFootprint(context.tenant));
  return { output: { items: await viewsOf(context.reads, context.tenant) } };
}

export async function viewsOf(reads: Reads, tenant: string): Promise<KekView[]> {
  const sql = `SELECT * FROM keks WHERE tenant = ? ORDER BY version DESC LIMIT ${MAX_LISTED}`;
  const views: KekView[] = [];
  for (const stored of await reads.rows(keksTable, sql, [tenant])) {
    const kek = kekOf(stored);
    const { version, state } = kek;
    const references = state === "destroyed" ? 0 : await referencesTo(reads, kek);
    views.push({ version, state, createdAt: new Date(kek.createdAt).toISOString(), references });
  }
  return views;
}

async function referencesTo(reads: Reads, kek: Kek): Promise<number> {
  const deks = await countOf(reads, deksTable, "dek_id", kek, MAX_COUNTED);
  return deks + (await countOf(reads, payloadKeysTable, "key_id", kek, MAX_COUNTED - deks));
}

/** Counts in pages and lets other work through between them. */
async function countOf(reads: Reads, table: Table, id: string, kek: Kek, most: number): Promise<number> {
  const sql = `SELECT * FROM ${table.name} WHERE tenant = ? AND kek_version = ? AND ${id} > ? ORDER BY ${id} LIMIT ${COUNT_PAGE}`;
  let counted = 0;
  let after: Uint8Array = new Uint8Array(0);
  while (counted < most) {
    const rows = await reads.rows(table, sql, [kek.tenant, kek.version, after]);
    counted += rows.length;
    const last = rows.at(-1);
    if (last === undefined || rows.length < COUNT_PAGE) break;
    after = last.row[id] as Uint8Array;
    await nextTurn();
  }
  return Math.min(counted, most);
}
