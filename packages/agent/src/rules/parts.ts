import type { Effects } from "../effects.ts";
import type { RuleBook, RuleSnapshot } from "./rule-book.ts";
import type { RuleReading } from "./view.ts";

/** What operations on rules work with. */
export interface RuleParts {
  readonly book: RuleBook;
  /** Reads the rule files; nothing takes effect by it. */
  readonly load: () => RuleSnapshot | Promise<RuleSnapshot>;
  /** How the runs of a rule went; undefined when it has not run. */
  readonly readings: (rule: string) => RuleReading | undefined;
  readonly effects: Effects;
}
