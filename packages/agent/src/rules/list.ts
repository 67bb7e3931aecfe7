import type { Run } from "@holdfast/engine";
import type { RuleParts } from "./parts.ts";
import { loadRuleStates } from "./store.ts";
import { ruleView } from "./view.ts";

const DEFAULT_LIMIT = 100;
const MAX_PROBLEMS = 1000;

/** `rule.list`: rules by id; the first page also says which files hold none that works. */
export function listRules({ book, readings }: RuleParts): Run {
  return async ({ reads, tenant }, { query }) => {
    const limit = (query["limit"] as number | undefined) ?? DEFAULT_LIMIT;
    const after = query["after"] as string | undefined;
    const states = await loadRuleStates(reads, tenant);
    const { rules, problems } = book.snapshot;
    const following = [...rules.values()]
      .filter(({ rule }) => after === undefined || rule.id > after)
      .sort((left, right) => (left.rule.id < right.rule.id ? -1 : 1));
    const shown = following.slice(0, limit);
    const next = following.length > limit ? shown.at(-1)?.rule.id : undefined;
    return {
      output: {
        items: shown.map((loaded) => ruleView(loaded, states.get(loaded.rule.id), readings(loaded.rule.id))),
        problems: after === undefined ? problems.slice(0, MAX_PROBLEMS) : [],
        ...(next !== undefined && { next }),
      },
    };
  };
}
