import type { Reads, Row, StoredRow, Table } from "@holdfast/engine";
import type { Cell } from "./finding.ts";
import type { Severity } from "@holdfast/rules";
import { rankOf, severityOf } from "./severity.ts";

/** The table of alerts in the agent's ledger database. */
export const alertsTable: Table = {
  name: "alerts",
  columns: {
    tenant: "text",
    id: "text",
    rule: "text",
    severity: "integer",
    title: "text",
    description: "text",
    false_positives: "text",
    attack: "text",
    host: "text",
    dedup_key: "text",
    summary: "text",
    details: "text",
    state: "text",
    found: "integer",
    first_seen: "integer",
    last_seen: "integer",
    last_row: "integer",
    raised_seq: "integer?",
    silenced_by: "text?",
    acknowledged_at: "integer?",
    acknowledged_by: "text?",
    note: "text?",
    context: "text?",
  },
  key: ["tenant", "id"],
  indexes: [
    ["tenant", "rule", "dedup_key"],
    ["tenant", "first_seen"],
    ["tenant", "last_seen"],
  ],
};

/** An alert as it stands. */
export interface Alert {
  readonly tenant: string;
  readonly id: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly title: string;
  readonly description: string;
  readonly falsePositives: readonly string[];
  readonly attack: readonly string[];
  readonly host: string;
  readonly dedupKey: string;
  readonly summary: string;
  readonly details: Readonly<Record<string, Cell>>;
  /** What the agent knew of the row's process beside that: none of it is the rule's. */
  readonly context: Readonly<Record<string, Cell>>;
  readonly state: "open" | "acknowledged";
  readonly count: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Number of the newest change that was counted. */
  readonly lastRow: number;
  readonly silencedBy: string | undefined;
  readonly acknowledged: { readonly at: number; readonly by: string } | undefined;
  readonly note: string | undefined;
}

/** An alert with what guards its next change. */
export interface StoredAlert {
  readonly alert: Alert;
  readonly rev: number;
  /** Entry that raised it: what is told of alerts goes by this order. */
  readonly raisedSeq: number;
}

/** Written by every change of an alert of this rule with this key, so that two ticks never raise it side by side. */
export const groupFootprint = (tenant: string, rule: string, dedupKey: string): string =>
  `alerts:${tenant}/${rule}/${dedupKey}`;

/** The alert of a row, with where it stands in the ledger. */
export function storedAlertOf({ row, rev, seq }: StoredRow): StoredAlert {
  const text = (column: string) => row[column] as string;
  const maybe = (column: string) => (row[column] as string | null) ?? undefined;
  const acknowledgedAt = row["acknowledged_at"] as number | null;
  return {
    rev,
    raisedSeq: (row["raised_seq"] as number | null) ?? seq,
    alert: {
      tenant: text("tenant"),
      id: text("id"),
      rule: text("rule"),
      severity: severityOf(row["severity"] as number),
      title: text("title"),
      description: text("description"),
      falsePositives: JSON.parse(text("false_positives")) as readonly string[],
      attack: JSON.parse(text("attack")) as readonly string[],
      host: text("host"),
      dedupKey: text("dedup_key"),
      summary: text("summary"),
      details: JSON.parse(text("details")) as Readonly<Record<string, Cell>>,
      context: JSON.parse(maybe("context") ?? "{}") as Readonly<Record<string, Cell>>,
      state: text("state") as Alert["state"],
      count: row["found"] as number,
      firstSeen: row["first_seen"] as number,
      lastSeen: row["last_seen"] as number,
      lastRow: row["last_row"] as number,
      silencedBy: maybe("silenced_by"),
      acknowledged: acknowledgedAt === null ? undefined : { at: acknowledgedAt, by: text("acknowledged_by") },
      note: maybe("note"),
    },
  };
}

/** The row of an alert; `raisedSeq` is known from its second version on. */
export function rowOf(alert: Alert, raisedSeq: number | null): Row {
  return {
    tenant: alert.tenant,
    id: alert.id,
    rule: alert.rule,
    severity: rankOf(alert.severity),
    title: alert.title,
    description: alert.description,
    false_positives: JSON.stringify(alert.falsePositives),
    attack: JSON.stringify(alert.attack),
    host: alert.host,
    dedup_key: alert.dedupKey,
    summary: alert.summary,
    details: JSON.stringify(alert.details),
    state: alert.state,
    found: alert.count,
    first_seen: alert.firstSeen,
    last_seen: alert.lastSeen,
    last_row: alert.lastRow,
    raised_seq: raisedSeq,
    silenced_by: alert.silencedBy ?? null,
    acknowledged_at: alert.acknowledged?.at ?? null,
    acknowledged_by: alert.acknowledged?.by ?? null,
    note: alert.note ?? null,
    context: Object.keys(alert.context).length === 0 ? null : JSON.stringify(alert.context),
  };
}

/** An alert by its id; undefined when there is none. */
export async function loadAlert(reads: Reads, tenant: string, id: string): Promise<StoredAlert | undefined> {
  const stored = await reads.row(alertsTable, { tenant, id });
  return stored && storedAlertOf(stored);
}

const NEWEST_OF_GROUP =
  "SELECT * FROM alerts WHERE tenant = ? AND rule = ? AND dedup_key = ? ORDER BY last_seen DESC, id LIMIT 1";

/** The newest alert of a rule with this key. */
export async function loadNewest(
  reads: Reads,
  tenant: string,
  rule: string,
  dedupKey: string,
): Promise<StoredAlert | undefined> {
  reads.touch(groupFootprint(tenant, rule, dedupKey));
  const [stored] = await reads.rows(alertsTable, NEWEST_OF_GROUP, [tenant, rule, dedupKey]);
  return stored && storedAlertOf(stored);
}
