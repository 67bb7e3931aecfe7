import type { Reads, StoredRow, Table } from "@holdfast/engine";

/** What people decided about rules; a rule without a row is on. */
export const ruleStatesTable: Table = {
  name: "rule_states",
  columns: {
    tenant: "text",
    rule: "text",
    is_enabled: "integer",
    note: "text?",
    changed_at: "integer",
    changed_by: "text",
  },
  key: ["tenant", "rule"],
};

export interface RuleState {
  readonly rule: string;
  readonly isEnabled: boolean;
  readonly note: string | undefined;
  readonly changedAt: number;
  readonly changedBy: string;
  readonly rev: number;
}

/** Bounded by the rules there are: only those can be switched. */
const MAX_STATES = 10_000;

export const ruleStatesFootprint = (tenant: string): string => `rule-states:${tenant}`;

export function loadRuleStates(
  reads: Reads,
  tenant: string,
): ReadonlyMap<string, RuleState> | Promise<ReadonlyMap<string, RuleState>> {
  return reads.cached(ruleStatesFootprint(tenant), async () => {
    const sql = "SELECT * FROM rule_states WHERE tenant = ? ORDER BY rule LIMIT ?";
    const rows = await reads.rows(ruleStatesTable, sql, [tenant, MAX_STATES]);
    return new Map(rows.map(stateOf).map((state) => [state.rule, state]));
  });
}

function stateOf({ row, rev }: StoredRow): RuleState {
  return {
    rule: row["rule"] as string,
    isEnabled: row["is_enabled"] === 1,
    note: (row["note"] as string | null) ?? undefined,
    changedAt: row["changed_at"] as number,
    changedBy: row["changed_by"] as string,
    rev,
  };
}
