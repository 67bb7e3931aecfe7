import { random } from "@holdfast/engine/crypto";
import type { Submission } from "@holdfast/engine";
import {
  connect,
  type PostgresCommitterOptions,
  type PostgresSettings,
  prepareSchema,
  settingsFrom,
} from "@holdfast/postgres";
import { newId, newLogOrigin } from "@holdfast/kernel/id";
import type { DatabaseServer } from "./database-server.ts";

/** What the sealed payload of a read comes to. */
const sealedBytes = 350;

/** A ledger for committers alone: no state, no gate. It can be cloned into a worker thread. */
export type BenchLog = Pick<
  PostgresCommitterOptions,
  "settings" | "tables" | "origin" | "signingSeed" | "stateKey" | "known"
>;

/** An empty database with the ledger's own tables, for committers of one log. */
export async function prepareLog(server: DatabaseServer): Promise<BenchLog> {
  const settings: PostgresSettings = settingsFrom({ url: (await server.createDatabase()).url });
  const client = await connect(settings, "migration");
  await prepareSchema(client, []);
  await client.end();
  const [origin, signingSeed, stateKey] = [newLogOrigin(random(16)), random(32), random(32)];
  return { settings, tables: [], origin, signingSeed, stateKey, known: [] };
}

/** The record of a read, as large and with as many footprints as a server's. */
export function readSubmission(): Submission {
  const [tenant, actor, node] = [newId("tn", random(16)), newId("ac", random(16)), newId("nd", random(16))];
  const resource = `secret:${node}@3`;
  return {
    entry: { tenant, actor, action: "secret.read", resource, outcome: "ok", reason: "" },
    payload: { commitment: random(32), sealed: random(sealedBytes) },
    changes: [],
    reads: [`credential:${actor}`, `policy:${tenant}`, `path:${tenant}/${node}`, `dek:${node}`],
    writes: [],
    seen: 0,
  };
}
