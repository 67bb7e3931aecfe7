import { type RuleParts, type RuleSnapshot, rulesAboutRules } from "../rules/index.ts";
import type { OwnFindings } from "./own-findings.ts";

/** Ids that an alert names of each kind; the entry in the ledger names more. */
const MAX_NAMED = 20;

/**
 * Tells people once of a reload that changed what is watched for, by whose order and which rules. Whoever may order it
 * may have written the files as well, so that an order alone makes no change a harmless one.
 */
export function tellRulesChanged(own: OwnFindings): NonNullable<RuleParts["onChanged"]> {
  return ({ added, changed, removed, content }, { kind, credential, actor }) => {
    const isLess = changed.length + removed.length > 0;
    const details = {
      by: kind === "token" ? actor : credential,
      added: named(added),
      changed: named(changed),
      removed: named(removed),
      // A harmless change of a rule must not make a later one of the same rule its repetition.
      content: added.length + changed.length === 0 ? "" : content,
    };
    own.raise("agent-rules-changed", "The agent took other rules", details, {
      severity: isLess ? "high" : "medium",
      description:
        "Rule files were read again, and what is watched for is not what it was. The ledger has who asked for it.",
    });
  };
}

/**
 * Tells people at a start that settings leave out the rules that tell of changed settings and rules: whoever changes settings while
 * the agent is stopped would be told of by nobody.
 */
export function tellUnwatched(own: OwnFindings, { rules }: RuleSnapshot): void {
  const missing = [...rulesAboutRules].filter((id) => !rules.has(id));
  if (missing.length === 0) return;
  own.raise("agent-not-watched", "The agent does not tell when its own files are changed", {
    missing: missing.join(" "),
  });
}

/** How many, and which. */
function named(ids: readonly string[]): string {
  if (ids.length === 0) return "";
  const rest = ids.length - MAX_NAMED;
  return `${ids.length}: ${ids.slice(0, MAX_NAMED).join(" ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
