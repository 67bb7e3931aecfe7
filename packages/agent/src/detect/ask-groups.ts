import type { TableKinds } from "./bounds.ts";
import { executorErrorOf } from "./errors.ts";
import type { RunResult, Statement } from "./job.ts";
import type { DetectionMetrics } from "./metrics.ts";
import { groupsOf, questionOf, type RuleGroup } from "./rule-group.ts";
import type { ScheduledRule } from "./scheduled-rule.ts";

export interface AskOptions {
  readonly run: (statement: Statement) => Promise<RunResult>;
  readonly kinds: TableKinds;
  readonly metrics: DetectionMetrics;
}

/** A rule in it may be endless: it is found out alone, with the time that it has. */
const TIMEOUT_MS = 5_000;

/** Asks groups of rules whether any of them finds anything; rules of a group that cannot be asked are run one by one. */
export class GroupAsker<R extends ScheduledRule> {
  readonly #options: AskOptions;
  #groups: readonly RuleGroup<R>[] = [];
  readonly #silent = new WeakSet<RuleGroup<R>>();

  constructor(options: AskOptions) {
    this.#options = options;
  }

  setRules(rules: readonly R[]): void {
    this.#groups = groupsOf(rules, this.#options.kinds);
  }

  /** Those of the rules, which all are to judge this span, that find nothing in it. */
  async quiet(rules: ReadonlySet<R>, span: { readonly after: number; readonly upTo: number }): Promise<ReadonlySet<R>> {
    const asked = this.#groups.filter((group) => !this.#silent.has(group) && isWorthAsking(group, rules));
    const quiet = await Promise.all(asked.map((group) => this.#ask(group, rules, span)));
    return new Set(quiet.flat());
  }

  async #ask(group: RuleGroup<R>, rules: ReadonlySet<R>, span: { after: number; upTo: number }): Promise<readonly R[]> {
    const { run, kinds, metrics } = this.#options;
    try {
      const { rows, durationMs } = await run({ ...questionOf(group, kinds, span), timeoutMs: TIMEOUT_MS });
      const answers = rows[0] ?? [];
      const quiet = group.rules.filter((rule, index) => answers[index] === 0 && rules.has(rule));
      for (const rule of quiet) metrics.observeRun(rule.id, durationMs / 1_000 / group.rules.length);
      return quiet;
    } catch (error) {
      // Which of them it was shows when each is run by itself, and is told then.
      if (executorErrorOf(error).blamesStatement) this.#silent.add(group);
      return [];
    }
  }
}

function isWorthAsking<R extends ScheduledRule>({ rules }: RuleGroup<R>, due: ReadonlySet<R>): boolean {
  return rules.filter((rule) => due.has(rule)).length > 1;
}
