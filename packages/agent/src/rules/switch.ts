import type { Run } from "@holdfast/engine";
import type { RuleParts } from "./parts.ts";
import { ruleNamed } from "./read.ts";
import { loadRuleStates, ruleStatesFootprint, ruleStatesTable } from "./store.ts";

/** `rule.enable` and `rule.disable`: what is watched for changes once who wanted it, and why, is recorded (ATTACKS 22). */
export function switchRule({ book, effects }: RuleParts, isEnabled: boolean): Run {
  return async ({ reads, tenant, now, principal }, input) => {
    const { id } = ruleNamed(book, input).rule;
    const note = (input.body["note"] as string | undefined) ?? null;
    const before = (await loadRuleStates(reads, tenant)).get(id);
    const row = {
      tenant,
      rule: id,
      is_enabled: isEnabled ? 1 : 0,
      note,
      changed_at: now,
      changed_by: principal.actor,
    };
    return {
      output: { rule: id, state: isEnabled ? "enabled" : "disabled" },
      changes: [{ put: ruleStatesTable, row, expect: before?.rev ?? 0 }],
      writes: [ruleStatesFootprint(tenant), effects.after(() => book.switch(id, isEnabled))],
      facts: { rule: id, isEnabled, note },
    };
  };
}
