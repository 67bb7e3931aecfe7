import { type Context, dutyDefinition, type Operation, type Plan } from "@holdfast/engine";
import { alertIdOf } from "./alert-id.ts";
import type { Group } from "./group.ts";
import { silenceFor } from "./silences.ts";
import { type Alert, alertsTable, groupFootprint, loadAlert, rowOf } from "./store.ts";

/** What became of a group of findings. */
export interface Raised {
  readonly alert: Alert;
  /** False when the same finding had been raised before. */
  readonly isNew: boolean;
}

/** `alert.raise`: the alert and its entry are one commit. The entry names the alert's id alone; what was found is sealed. */
export function raiseAlert(idKey: Uint8Array, group: Group): Operation {
  return { definition: dutyDefinition("alert.raise", "alert"), run: (context) => raise(context, idKey, group) };
}

async function raise({ reads, tenant, now }: Context, idKey: Uint8Array, group: Group): Promise<Plan> {
  const { rule, dedupKey } = group.first;
  const id = alertIdOf(idKey, group.first);
  const footprint = groupFootprint(tenant, rule.id, dedupKey);
  reads.touch(footprint);
  const standing = await loadAlert(reads, tenant, id);
  if (standing !== undefined) {
    return { output: { alert: standing.alert, isNew: false } satisfies Raised, resource: `alert:${id}` };
  }
  const silence = await silenceFor(reads, tenant, { rule: rule.id, dedupKey }, now);
  const alert = alertOf(tenant, id, group, silence?.id);
  return {
    output: { alert, isNew: true } satisfies Raised,
    changes: [{ put: alertsTable, row: rowOf(alert, null), expect: 0 }],
    writes: [footprint],
    resource: `alert:${id}`,
    facts: factsOf(alert),
  };
}

function alertOf(tenant: string, id: string, group: Group, silencedBy: string | undefined): Alert {
  const { rule, dedupKey, host, foundAt, details } = group.first;
  const context = group.first.context();
  return {
    tenant,
    id,
    rule: rule.id,
    severity: rule.severity,
    title: rule.title,
    description: rule.description,
    falsePositives: rule.falsePositives,
    attack: rule.attack,
    host,
    dedupKey,
    summary: context.summary,
    details,
    context: context.columns,
    state: "open",
    count: group.count,
    firstSeen: foundAt,
    lastSeen: group.lastFoundAt,
    lastRow: group.lastRow,
    silencedBy,
    acknowledged: undefined,
    note: undefined,
  };
}

/** The finding stays in the payload when its row has been swept away. */
function factsOf({ rule, severity, title, host, dedupKey, count, details, context, silencedBy }: Alert) {
  return { rule, severity, title, host, dedupKey, count, details, context, silencedBy };
}
