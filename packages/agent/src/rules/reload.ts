import { createHash } from "node:crypto";
import { dutyDefinition, type Operation, type Run } from "@holdfast/engine";
import type { RuleDifference, RuleParts } from "./parts.ts";
import type { RuleSnapshot } from "./rule-book.ts";

const MAX_PROBLEMS = 1000;
/** Ids that a record names; more are counted. */
const MAX_NAMED = 100;

/** `rule.reload`: reads the files now; what they say takes effect once that is recorded. */
export function reloadRules({ book, load, effects, onChanged }: RuleParts): Run {
  return async ({ principal }) => {
    const snapshot = await load();
    const difference = differenceOf(book.snapshot, snapshot);
    const counts = {
      rules: snapshot.rules.size,
      added: difference.added.length,
      changed: difference.changed.length,
      removed: difference.removed.length,
    };
    const activate = () => {
      book.activate(snapshot);
      if (counts.added + counts.changed + counts.removed > 0) onChanged?.(difference, principal);
    };
    return {
      output: { ...counts, problems: snapshot.problems.slice(0, MAX_PROBLEMS) },
      writes: [effects.after(activate)],
      facts: { ...counts, ...named(difference), problems: snapshot.problems.length },
    };
  };
}

/** The same, when the agent does it unasked: on SIGHUP. */
export function ruleReload(parts: RuleParts): Operation {
  return { definition: dutyDefinition("rule.reload", "rule"), run: reloadRules(parts) };
}

function differenceOf(before: RuleSnapshot, after: RuleSnapshot): RuleDifference {
  const isIn = (snapshot: RuleSnapshot) => (id: string) => snapshot.rules.has(id);
  const ids = [...after.rules.keys()];
  const added = ids.filter((id) => !isIn(before)(id));
  const changed = ids.filter((id) => isIn(before)(id) && saying(before, id) !== saying(after, id));
  const hash = createHash("sha256");
  for (const id of [...added, ...changed]) hash.update(`${saying(after, id)}\n`);
  return {
    added,
    changed,
    removed: [...before.rules.keys()].filter((id) => !isIn(after)(id)),
    content: hash.digest("hex"),
  };
}

const saying = ({ rules }: RuleSnapshot, id: string): string => JSON.stringify(rules.get(id)?.rule);

const named = ({ added, changed, removed }: RuleDifference) => ({
  addedRules: added.slice(0, MAX_NAMED),
  changedRules: changed.slice(0, MAX_NAMED),
  removedRules: removed.slice(0, MAX_NAMED),
});
