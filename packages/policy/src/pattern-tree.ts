import { formatCondition } from "./condition.ts";
import { isMet, type Request, type Rule } from "./decision.ts";
import { anyDepth, anySegment, segmentsOf } from "./pattern.ts";
import { type Action, isEveryAction } from "./permission.ts";

/** The rules of one pattern by action; `*` holds those for every action. */
type RulesByAction = Map<Action | "*", Rule[]>;

/** One segment of the patterns that begin alike. Wildcards have fields of their own: no literal can stand for one. */
export interface PatternNode {
  readonly literals: Map<string, PatternNode>;
  anySegment: PatternNode | undefined;
  /** Rules whose pattern ends here. */
  here: RulesByAction | undefined;
  /** Rules whose pattern ends here in `**`. */
  below: RulesByAction | undefined;
}

export function plant(): PatternNode {
  return { literals: new Map(), anySegment: undefined, here: undefined, below: undefined };
}

export function addRule(root: PatternNode, rule: Rule): void {
  let node = root;
  for (const segment of segmentsOf(rule.permission.pattern)) {
    if (segment === anyDepth) {
      node.below ??= new Map();
      return addByAction(node.below, rule);
    }
    node = segment === anySegment ? (node.anySegment ??= plant()) : literalUnder(node, segment);
  }
  node.here ??= new Map();
  addByAction(node.here, rule);
}

/**
 * A walk from the most specific pattern to the widest: at each node the literal, then `*`, then `**`. It stops at the
 * first rule that applies, and remembers the first that only its conditions kept from applying.
 */
export class Search {
  readonly #segments: readonly string[];
  readonly #request: Request;
  unmet: Rule | undefined = undefined;

  constructor(segments: readonly string[], request: Request) {
    this.#segments = segments;
    this.#request = request;
  }

  under(node: PatternNode | undefined, depth = 0): Rule | undefined {
    if (node === undefined) return undefined;
    const segment = this.#segments[depth];
    const deeper =
      segment === undefined
        ? this.#among(node.here)
        : (this.under(node.literals.get(segment), depth + 1) ?? this.under(node.anySegment, depth + 1));
    return deeper ?? this.#among(node.below);
  }

  #among(rules: RulesByAction | undefined): Rule | undefined {
    if (rules === undefined) return undefined;
    return this.#applying(rules.get(this.#request.action)) ?? this.#applying(rules.get("*"));
  }

  #applying(rules: readonly Rule[] | undefined): Rule | undefined {
    if (rules === undefined) return undefined;
    for (const rule of rules) {
      if (isMet(rule, this.#request.attributes)) return rule;
      this.unmet ??= rule;
    }
    return undefined;
  }
}

function literalUnder(node: PatternNode, segment: string): PatternNode {
  const known = node.literals.get(segment);
  if (known !== undefined) return known;
  const added = plant();
  node.literals.set(segment, added);
  return added;
}

/** Keeps what can still decide: nothing after a rule without conditions, nothing twice under the same conditions. */
function addByAction(rules: RulesByAction, rule: Rule): void {
  const action = isEveryAction(rule.permission.action) ? "*" : rule.permission.action;
  const known = rules.get(action);
  if (known === undefined) rules.set(action, [rule]);
  else if (!known.some((earlier) => decidesFor(earlier, rule))) known.push(rule);
}

function decidesFor(earlier: Rule, later: Rule): boolean {
  return conditionsOf(earlier) === "" || conditionsOf(earlier) === conditionsOf(later);
}

function conditionsOf(rule: Rule): string {
  return rule.grant.conditions.map(formatCondition).join("; ");
}
