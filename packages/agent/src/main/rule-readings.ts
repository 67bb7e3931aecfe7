import type { RuleReading } from "../rules/index.ts";

const NONE: RuleReading = { findings: 0, errors: 0 };

/** How the runs of each rule went since the agent was started. */
export class RuleReadings {
  readonly #readings = new Map<string, RuleReading>();

  of(rule: string): RuleReading | undefined {
    return this.#readings.get(rule);
  }

  ran(rule: string, lastRunAt: number, lastDurationMs: number): void {
    this.#readings.set(rule, { ...this.#before(rule), lastRunAt, lastDurationMs });
  }

  found(rule: string, rows: number): void {
    const before = this.#before(rule);
    this.#readings.set(rule, { ...before, findings: before.findings + rows });
  }

  failed(rule: string, lastRunAt: number, lastError: string): void {
    const before = this.#before(rule);
    this.#readings.set(rule, { ...before, errors: before.errors + 1, lastRunAt, lastError });
  }

  /** Those of rules that are gone are forgotten. */
  keepOnly(rules: ReadonlySet<string>): void {
    for (const rule of this.#readings.keys()) if (!rules.has(rule)) this.#readings.delete(rule);
  }

  #before(rule: string): RuleReading {
    return this.#readings.get(rule) ?? NONE;
  }
}
