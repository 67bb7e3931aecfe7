import { type Input, Refusal, type Run } from "@holdfast/engine";
import type { RuleParts } from "./parts.ts";
import type { LoadedRule, RuleBook } from "./rule-book.ts";
import { loadRuleStates } from "./store.ts";
import { ruleWithSql } from "./view.ts";

/** `rule.read`. */
export function readRule({ book, readings }: RuleParts): Run {
  return async ({ reads, tenant }, input) => {
    const loaded = ruleNamed(book, input);
    const { id } = loaded.rule;
    const state = (await loadRuleStates(reads, tenant)).get(id);
    return { output: ruleWithSql(loaded, state, readings(id)), facts: { rule: id } };
  };
}

/** The rule that the path names. */
export function ruleNamed(book: RuleBook, { params }: Input): LoadedRule {
  const found = book.snapshot.rules.get(params["rule"] as string);
  if (found === undefined) {
    throw new Refusal("not_found", "There is no such rule.", {
      hint: "List the rules; files that hold none that works are named there.",
    });
  }
  return found;
}
