import { type Cell, hashChange, type Row, type Table } from "@holdfast/engine";
import { layoutOf, macOf } from "@holdfast/engine/back-end";
import { encodeEntry, type EntryFields } from "@holdfast/kernel/entry";
import type { Client } from "pg";
import { createDatabase } from "../../../test/postgres.ts";
import { connect } from "./connect.ts";
import { numberPlaceholders } from "./placeholders.ts";
import { prepareSchema } from "./schema.ts";
import { type PostgresSettings, settingsFrom } from "./settings.ts";

export const STATE_KEY = new Uint8Array(32).fill(2);

/** A database with all tables, for the tests of one file. */
export interface PreparedDatabase {
  readonly settings: PostgresSettings;
  /** Its owner's connection. */
  readonly client: Client;
  drop(): Promise<void>;
}

export async function prepareDatabase(tables: readonly Table[]): Promise<PreparedDatabase> {
  const created = await createDatabase();
  const settings = settingsFrom({ url: created.url });
  const client = await connect(settings, "migration");
  await prepareSchema(client, tables);
  return {
    settings,
    client,
    drop: async () => {
      await client.end();
      await created.drop();
    },
  };
}

/** The cells of a row as entry `seq` would have written it. */
export function storedCells(table: Table, row: Row, seq: number): Cell[] {
  const mac = macOf(STATE_KEY, table, hashChange({ put: table, row, expect: 0 }), seq);
  return [...layoutOf(table).columns.map(({ name }) => row[name] ?? null), 1, seq, mac];
}

export async function store(client: Client, table: Table, row: Row, seq = 0): Promise<void> {
  await client.query(numberPlaceholders(layoutOf(table).insert), storedCells(table, row, seq));
}

/** An entry whose fields follow each other from a few choices: what a query filters by, and a time that never goes back. */
export function sampleEntry(seq: number, over: Partial<EntryFields> = {}): EntryFields {
  const random = (letter: string): string => `${letter.repeat(25)}a`;
  const chosen = <T>(choices: readonly T[], step: number): T => choices[Math.floor(seq / step) % choices.length] as T;
  const node = `nd_${random(chosen(["d", "e", "f"], 5))}`;
  return {
    v: 1,
    seq,
    time: new Date(START_MS + Math.floor(seq / 3) * 3_600_000).toISOString(),
    tenant: `tn_${random(chosen(["b", "c"], 7))}`,
    actor: `ac_${random(chosen(["b", "c", "d"], 2))}`,
    action: chosen(["secret.read", "secret.write", "config.read"], 11),
    resource: chosen([`secret:${node}`, `secret:${node}@${1 + (seq % 4)}`, "secret", `config:${node}`, "config@2"], 1),
    outcome: seq % 13 === 0 ? "denied" : "ok",
    reason: "",
    commitment: "0".repeat(64),
    prev: "0".repeat(64),
    ...over,
  };
}

/** The first moment of this month. */
export const START_MS = Date.UTC(new Date().getUTCFullYear(), new Date().getUTCMonth());

/** Stores entries with what queries go by, and a head that covers them; their owner alone may do so piece by piece. */
export async function storeEntries(client: Client, entries: readonly EntryFields[]): Promise<void> {
  await client.query("ALTER TABLE entries DISABLE TRIGGER entries_insert");
  for (const entry of entries) {
    const { seq, time, tenant, actor, action, resource, outcome } = entry;
    const payload = seq % 5 === 0 ? null : Uint8Array.of(seq % 256);
    const cells = [seq, time, tenant, actor, action, resource.replace(/@.*/, ""), outcome, encodeEntry(entry), payload];
    await client.query("INSERT INTO entries VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", cells);
  }
  const size = Math.max(...entries.map(({ seq }) => seq)) + 1;
  await client.query(
    `INSERT INTO head (id, size, chain, root, epoch, origin, signature) VALUES (0, $1, 'c', 'r', 0, 'o', 's')
     ON CONFLICT (id) DO UPDATE SET size = excluded.size`,
    [size],
  );
  await client.query("ALTER TABLE entries ENABLE TRIGGER entries_insert");
}
