import type { Row, Table } from "@holdfast/engine";
import { hashChange } from "@holdfast/engine";
import { layoutOf, macOf } from "@holdfast/engine/back-end";
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

/** Stores a row as entry `seq` would have written it. */
export async function store(client: Client, table: Table, row: Row, seq = 0): Promise<void> {
  const layout = layoutOf(table);
  const mac = macOf(STATE_KEY, table, hashChange({ put: table, row, expect: 0 }), seq);
  const cells = layout.columns.map(({ name }) => row[name] ?? null);
  await client.query(numberPlaceholders(layout.insert), [...cells, 1, seq, mac]);
}
