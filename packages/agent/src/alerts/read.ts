import { type Context, type Input, type Plan, Refusal } from "@holdfast/engine";
import { loadAlert, type StoredAlert } from "./store.ts";
import { alertWithDetails } from "./view.ts";

/** `alert.read`. */
export async function readAlert(context: Context, input: Input): Promise<Plan> {
  const { alert } = await alertNamed(context, input);
  return { output: alertWithDetails(alert), resource: `alert:${alert.id}`, facts: { rule: alert.rule } };
}

/** The alert that the path names. */
export async function alertNamed({ reads, tenant }: Context, { params }: Input): Promise<StoredAlert> {
  const found = await loadAlert(reads, tenant, params["alert"] as string);
  if (found === undefined) throw new Refusal("not_found", "There is no such alert.", { hint: "List the alerts." });
  return found;
}
