import { type Context, dutyDefinition, type Operation, type Plan } from "@holdfast/engine";
import type { Group } from "./group.ts";
import { alertsTable, groupFootprint, loadAlert, rowOf } from "./store.ts";

/** `alert.repeat`: counts what was found again in an alert that stands. A row that was counted is not counted again. */
export function repeatAlert(id: string, group: Group): Operation {
  return { definition: dutyDefinition("alert.repeat", "alert"), run: (context) => repeat(context, id, group) };
}

async function repeat({ reads, tenant }: Context, id: string, group: Group): Promise<Plan> {
  const { rule, dedupKey } = group.first;
  const resource = `alert:${id}`;
  const standing = await loadAlert(reads, tenant, id);
  // It was swept away meanwhile, or its rows were counted: there is nothing to count in it.
  if (standing === undefined || standing.alert.lastRow >= group.lastRow)
    return { output: { isCounted: false }, resource };
  const { alert, rev, raisedSeq } = standing;
  const count = alert.count + group.count;
  const counted = { ...alert, count, lastSeen: Math.max(alert.lastSeen, group.lastFoundAt), lastRow: group.lastRow };
  return {
    output: { isCounted: true },
    changes: [{ put: alertsTable, row: rowOf(counted, raisedSeq), expect: rev }],
    writes: [groupFootprint(tenant, rule.id, dedupKey)],
    resource,
    facts: { rule: rule.id, dedupKey, found: group.count, count },
  };
}
