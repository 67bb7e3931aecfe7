import { planReload, type ReloadPlan } from "@holdfast/runtime";
import { type AgentSettings, schema } from "./schema.ts";

/**
 * What SIGHUP changes: log level, rules, sinks and watched files take effect; what needs a restart keeps its value, and its
 * name goes to the log.
 */
export function planAgentReload(before: AgentSettings, after: AgentSettings): ReloadPlan<AgentSettings> {
  return planReload(schema, before, after);
}
