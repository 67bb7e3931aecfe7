import {
  type Change,
  type Context,
  dutyDefinition,
  type Operation,
  type Plan,
  type Reads,
  type StoredRow,
} from "@holdfast/engine";
import { silencesFootprint, silencesTable } from "./silences.ts";
import { alertsTable } from "./store.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Rows that go in one transaction. */
const MAX_ROWS = 200;

const OLD_ALERTS = "SELECT * FROM alerts WHERE tenant = ? AND last_seen < ? ORDER BY last_seen LIMIT ?";
const OVER = "SELECT * FROM silences WHERE tenant = ? AND expires_at <= ? ORDER BY expires_at LIMIT ?";

interface Due {
  readonly alerts: readonly StoredRow[];
  readonly silences: readonly StoredRow[];
}

/** Whether alerts have been kept long enough, or silences are over. */
export async function isAlertSweepDue(reads: Reads, tenant: string, now: number, keepDays: number): Promise<boolean> {
  const { alerts, silences } = await dueOf(reads, tenant, now, keepDays, 1);
  return alerts.length + silences.length > 0;
}

/**
 * `alert.sweep`: removes alerts that were last found too long ago, and silences that are over. Their entries stay, and
 * with them what was found, sealed. Run it until its output says `isDone`.
 */
export function alertSweep(keepDays: number): Operation {
  return { definition: dutyDefinition("alert.sweep", "alert"), run: (context) => sweep(context, keepDays) };
}

async function sweep({ reads, tenant, now }: Context, keepDays: number): Promise<Plan> {
  const { alerts, silences } = await dueOf(reads, tenant, now, keepDays, MAX_ROWS);
  const gone = (table: typeof alertsTable, { row, rev }: StoredRow): Change => ({
    delete: table,
    key: { tenant, id: row["id"] as string },
    expect: rev,
  });
  const removed = { alerts: alerts.length, silences: silences.length };
  return {
    output: { ...removed, isDone: alerts.length < MAX_ROWS && silences.length < MAX_ROWS },
    changes: [...alerts.map((row) => gone(alertsTable, row)), ...silences.map((row) => gone(silencesTable, row))],
    writes: silences.length === 0 ? [] : [silencesFootprint(tenant)],
    facts: removed,
  };
}

async function dueOf(reads: Reads, tenant: string, now: number, keepDays: number, most: number): Promise<Due> {
  return {
    alerts: await reads.rows(alertsTable, OLD_ALERTS, [tenant, now - keepDays * DAY_MS, most]),
    silences: await reads.rows(silencesTable, OVER, [tenant, now, most]),
  };
}
