import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import type { Severity } from "@holdfast/rules";
import { rankOf } from "./severity.ts";
import { type Alert, alertsTable, storedAlertOf } from "./store.ts";
import { alertView } from "./view.ts";

const DEFAULT_LIMIT = 100;
const CURSOR = /^([0-9]{1,16})-(al_[a-z2-7]{26})$/;

type Condition = readonly [sql: string, ...parameters: (string | number)[]];

/** `alert.list`: newest first. The order does not change when an alert is found again, so that no page misses one. */
export async function listAlerts(context: Context, { query }: Input): Promise<Plan> {
  const limit = (query["limit"] as number | undefined) ?? DEFAULT_LIMIT;
  const conditions = conditionsOf(context.tenant, query);
  const where = conditions.map(([sql]) => sql).join(" AND ");
  const sql = `SELECT * FROM alerts WHERE ${where} ORDER BY first_seen DESC, id DESC LIMIT ?`;
  const parameters = [...conditions.flatMap(([, ...values]) => values), limit + 1];
  const rows = await context.reads.rows(alertsTable, sql, parameters);
  const alerts = rows.slice(0, limit).map((row) => storedAlertOf(row).alert);
  const last = rows.length > limit ? alerts.at(-1) : undefined;
  return { output: { items: alerts.map(alertView), ...(last !== undefined && { next: cursorOf(last) }) } };
}

function conditionsOf(tenant: string, query: Input["query"]): readonly Condition[] {
  const { state, severity, rule, id, since, after } = query as Readonly<Record<string, string | undefined>>;
  const all: readonly (Condition | undefined)[] = [
    ["tenant = ?", tenant],
    state === undefined ? undefined : ["state = ?", state],
    severity === undefined ? undefined : ["severity >= ?", rankOf(severity as Severity)],
    rule === undefined ? undefined : ["rule = ?", rule],
    // Behind every letter and digit of an id.
    id === undefined ? undefined : ["id >= ? AND id < ?", id, `${id}~`],
    since === undefined ? undefined : ["last_seen >= ?", timeOf(since)],
    after === undefined ? undefined : ["(first_seen, id) < (?, ?)", ...positionOf(after)],
  ];
  return all.filter((condition) => condition !== undefined);
}

/** A day that no calendar has passes the schema, and is no time. */
function timeOf(since: string): number {
  const time = Date.parse(since);
  if (Number.isNaN(time)) throw refused("/query/since", "There is no such time.");
  return time;
}

const cursorOf = ({ firstSeen, id }: Alert): string => `${firstSeen}-${id}`;

function positionOf(after: string): readonly [number, string] {
  const [, firstSeen, id] = CURSOR.exec(after) ?? [];
  if (firstSeen === undefined || id === undefined)
    throw refused("/query/after", "This cursor belongs to no such list.");
  return [Number(firstSeen), id];
}

const refused = (pointer: string, message: string): Refusal =>
  new Refusal("invalid_input", message, { errors: [{ pointer, message }] });
