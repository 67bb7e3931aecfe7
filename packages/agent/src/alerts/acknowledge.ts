import type { Context, Input, Plan } from "@holdfast/engine";
import { alertNamed } from "./read.ts";
import { type Alert, alertsTable, groupFootprint, rowOf, type StoredAlert } from "./store.ts";
import { alertWithDetails } from "./view.ts";

/** `alert.acknowledge`: who was first stays; a later one may say more. */
export async function acknowledgeAlert(context: Context, input: Input): Promise<Plan> {
  const stored = await alertNamed(context, input);
  const note = (input.body["note"] as string | undefined) ?? stored.alert.note;
  const acknowledged = stored.alert.acknowledged ?? { at: context.now, by: context.principal.actor };
  return changed(stored, { ...stored.alert, state: "acknowledged", acknowledged, note });
}

/** `alert.reopen`: takes an acknowledgement back; what was noted stays. */
export async function reopenAlert(context: Context, input: Input): Promise<Plan> {
  const stored = await alertNamed(context, input);
  return changed(stored, { ...stored.alert, state: "open", acknowledged: undefined });
}

function changed({ rev, raisedSeq }: StoredAlert, alert: Alert): Plan {
  const { tenant, id, rule, dedupKey, note } = alert;
  return {
    output: alertWithDetails(alert),
    changes: [{ put: alertsTable, row: rowOf(alert, raisedSeq), expect: rev }],
    writes: [groupFootprint(tenant, rule, dedupKey)],
    resource: `alert:${id}`,
    facts: { rule, dedupKey, note },
  };
}
