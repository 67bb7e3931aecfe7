/** Front door of rules: what is watched for, and who switched what off. */
import type { Table } from "@holdfast/engine";
import { ruleStatesTable } from "./store.ts";

export { loadRules, type RulePlaces, rulesAboutRules } from "./load-rules.ts";
export { ruleOperations } from "./operations.ts";
export type { RuleDifference, RuleParts } from "./parts.ts";
export { ruleReload } from "./reload.ts";
export { restoreRules } from "./restore.ts";
export { type LoadedRule, type OnRules, RuleBook, type RuleSnapshot } from "./rule-book.ts";
export type { RuleReading } from "./view.ts";

/** Tables of rules in the agent's ledger. */
export const ruleStateTables: readonly Table[] = [ruleStatesTable];
