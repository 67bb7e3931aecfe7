import type { RuleProblem } from "@holdfast/contract/types";
import type { RunnableRule } from "@holdfast/rules";

/** A rule that was read, judged, and can run. */
export interface LoadedRule extends RunnableRule {
  readonly origin: "starter" | "own";
  /** Name of its file. */
  readonly file: string;
}

/** All rules as their files say at one moment, and what is wrong with the others. */
export interface RuleSnapshot {
  readonly rules: ReadonlyMap<string, LoadedRule>;
  readonly problems: readonly RuleProblem[];
}

/** Told of the rules that are to run from now on, whenever these change. */
export type OnRules = (running: readonly LoadedRule[]) => void;

/** The rules of an agent: what their files said when they were read last, less what somebody has switched off. */
export class RuleBook {
  readonly #onRules: OnRules;
  readonly #onEnabled: (rule: LoadedRule) => void;
  readonly #disabled = new Set<string>();
  #snapshot: RuleSnapshot = { rules: new Map(), problems: [] };

  /** `onEnabled` is told of a rule that somebody wants to run, whatever had stopped it. */
  constructor(onRules: OnRules, onEnabled: (rule: LoadedRule) => void = () => {}) {
    this.#onRules = onRules;
    this.#onEnabled = onEnabled;
  }

  get snapshot(): RuleSnapshot {
    return this.#snapshot;
  }

  get running(): readonly LoadedRule[] {
    return [...this.#snapshot.rules.values()].filter(({ rule }) => !this.#disabled.has(rule.id));
  }

  /** Takes what was read, and which of it somebody has switched off when that is known anew. */
  activate(snapshot: RuleSnapshot, disabled?: Iterable<string>): void {
    this.#snapshot = snapshot;
    if (disabled !== undefined) {
      this.#disabled.clear();
      for (const rule of disabled) this.#disabled.add(rule);
    }
    this.#onRules(this.running);
  }

  switch(rule: string, isEnabled: boolean): void {
    if (isEnabled) this.#disabled.delete(rule);
    else this.#disabled.add(rule);
    this.#onRules(this.running);
    const loaded = this.#snapshot.rules.get(rule);
    if (isEnabled && loaded !== undefined) this.#onEnabled(loaded);
  }
}
