import type { Operation } from "@holdfast/engine";
import { definition } from "@holdfast/spine";
import { alertOperations } from "../alerts/index.ts";
import type { Effects } from "../effects.ts";
import { type HostReadings, hostOperations } from "../hosts/index.ts";
import { type QueryParts, queryOperations } from "../queries/index.ts";
import { type RuleParts, ruleOperations } from "../rules/index.ts";
import { type Sinks, sinkOperations } from "../sinks/index.ts";

/** What an agent's own operations work with. */
export interface OperationParts {
  readonly rules: RuleParts;
  readonly queries: QueryParts;
  readonly sinks: Sinks;
  readonly host: HostReadings;
  readonly effects: Effects;
}

/** Operations that an agent has beside those of every ledger. */
export const agentOperations = ({ rules, queries, sinks, host, effects }: OperationParts): readonly Operation[] => [
  ...alertOperations(definition),
  ...ruleOperations(definition, rules),
  ...queryOperations(definition, queries),
  ...sinkOperations(definition, sinks, effects),
  ...hostOperations(definition, host),
];
