import type { Principal } from "@holdfast/engine";
import type { Effects } from "../effects.ts";
import type { RuleBook, RuleSnapshot } from "./rule-book.ts";
import type { RuleReading } from "./view.ts";

/** Ids of rules that are read otherwise than they were. */
export interface RuleDifference {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
  /** SHA-256 in hex of what the new and changed ones say: the same ids may come to say something else again. */
  readonly content: string;
}

/** What operations on rules work with. */
export interface RuleParts {
  readonly book: RuleBook;
  /** Reads the rule files; nothing takes effect by it. */
  readonly load: () => RuleSnapshot | Promise<RuleSnapshot>;
  /** How the runs of a rule went; undefined when it has not run. */
  readonly readings: (rule: string) => RuleReading | undefined;
  readonly effects: Effects;
  /** Told of a reload that changed what is watched for, once it is recorded. */
  readonly onChanged?: (difference: RuleDifference, by: Principal) => void;
}
