import { implement, type Operation, type OperationDefinition } from "@holdfast/engine";
import { listRules } from "./list.ts";
import type { RuleParts } from "./parts.ts";
import { readRule } from "./read.ts";
import { reloadRules } from "./reload.ts";
import { switchRule } from "./switch.ts";

export function ruleOperations(definition: (name: string) => OperationDefinition, parts: RuleParts): Operation[] {
  return [
    implement(definition("rule.list"), listRules(parts)),
    implement(definition("rule.read"), readRule(parts)),
    implement(definition("rule.enable"), switchRule(parts, true)),
    implement(definition("rule.disable"), switchRule(parts, false)),
    implement(definition("rule.reload"), reloadRules(parts)),
  ];
}
