import type { Reads } from "@holdfast/engine";
import type { RuleBook, RuleSnapshot } from "./rule-book.ts";
import { loadRuleStates } from "./store.ts";

/** Begins with what was read, less what somebody had switched off before the agent was started. */
export async function restoreRules(
  book: RuleBook,
  snapshot: RuleSnapshot,
  reads: Reads,
  tenant: string,
): Promise<void> {
  const states = await loadRuleStates(reads, tenant);
  const disabled = [...states.values()].filter(({ isEnabled }) => !isEnabled).map(({ rule }) => rule);
  book.activate(snapshot, disabled);
}
