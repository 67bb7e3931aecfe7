import type { RuleReading } from "../rules/index.ts";

const NONE: RuleReading = { findings: 0, errors: 0 };

/** How the runs of each rule went since the agent was started. */
export class RuleReadings {
  readonly #readings = new Map<string, RuleReading>();

  of(rule: string): RuleReading | undefined {
    return this.#readings.get(rule);
  }

  ran(rule: string, at: number, durationMs: number, findings: number): void {
    const before = this.#readings.get(rule) ?? NONE;
    this.#readings.set(rule, {
      ...before,
      findings: before.findings + findings,
      lastRunAt: at,
      lastDurationMs: durationMs,
    });
  }

  failed(rule: string, at: number, reason: string): void {
    const before = this.#readings.get(rule) ?? NONE;
    this.#readings.set(rule, { ...before, errors: before.errors + 1, lastRunAt: at, lastError: reason });
  }

  /** Those of rules that are gone are forgotten. */
  keepOnly(rules: ReadonlySet<string>): void {
    for (const rule of this.#readings.keys()) if (!rules.has(rule)) this.#readings.delete(rule);
  }
}
