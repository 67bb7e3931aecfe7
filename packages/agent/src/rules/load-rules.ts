import type { RuleProblem } from "@holdfast/contract/types";
import { parseRules, type Profile, type RuleIssue, ruleTables } from "@holdfast/rules";
import { readRuleFolder } from "./read-folder.ts";
import type { LoadedRule, RuleSnapshot } from "./rule-book.ts";

/** Where rules come from, and what they may use. */
export interface RulePlaces {
  /** Rules that come with the agent. */
  readonly starter: string;
  /** Rules of whoever runs it. */
  readonly own: string;
  /** The widest profile that a rule of one's own may ask for. */
  readonly profile: Profile;
}

const MAX_RULES = 10_000;
const MAX_MESSAGE = 1024;
const SWITCH = "It can be switched off (holdfast rules disable), and not be replaced.";

/**
 * They tell that rules changed. A file that took their place while the agent was stopped would be told of by nobody; whoever
 * does not want them switches them off, which is recorded.
 */
export const rulesAboutRules: ReadonlySet<string> = new Set(["agent-file-changed", "agent-rule-files-changed"]);

/**
 * Reads all rule files. A rule of one's own takes the place of one with its id that comes with the agent, except of those
 * that tell of just that.
 */
export function loadRules({ starter, own, profile }: RulePlaces): RuleSnapshot {
  const problems: RuleProblem[] = [];
  const shipped = rulesOf(starter, "starter", "extended", problems);
  const mine = rulesOf(own, "own", profile, problems);
  const isTaken = ([id, { file }]: readonly [string, LoadedRule]) => {
    const isRefused = rulesAboutRules.has(id) && shipped.has(id);
    if (isRefused)
      problems.push({ file, message: `The rule ${id} of the agent runs: it tells of changed rules. ${SWITCH}` });
    return !isRefused;
  };
  const rules = new Map([...shipped, ...[...mine].filter(isTaken)]);
  if (rules.size <= MAX_RULES) return { rules, problems };
  problems.push({ file: ".", message: `There are more than ${MAX_RULES} rules; the rest does not run.` });
  return { rules: new Map([...rules].slice(0, MAX_RULES)), problems };
}

function rulesOf(
  folder: string,
  origin: LoadedRule["origin"],
  profile: Profile,
  problems: RuleProblem[],
): ReadonlyMap<string, LoadedRule> {
  const read = readRuleFolder(folder, origin === "starter");
  problems.push(...read.problems);
  const rules = new Map<string, LoadedRule>();
  for (const { file, text } of read.texts) {
    const parsed = parseRules(text, file, { profile, tables: ruleTables });
    problems.push(...parsed.issues.map(problemOf));
    for (const runnable of parsed.rules) {
      const { id } = runnable.rule;
      const first = rules.get(id);
      if (first === undefined) rules.set(id, { ...runnable, origin, file });
      else problems.push({ file, message: `The rule ${id} stands in ${first.file} already; that one runs.` });
    }
  }
  return rules;
}

function problemOf({ file, message, position, hint }: RuleIssue): RuleProblem {
  const text = hint === undefined ? message : `${message} (${hint})`;
  return { file, message: text.slice(0, MAX_MESSAGE), line: position.line, column: position.column };
}
