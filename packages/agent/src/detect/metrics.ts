/** What is measured here; whoever runs the agent gives these their names (P12) and their place. */
export interface DetectionMetrics {
  /** `detection_rule_duration_seconds`: one run of a rule, in the executor. */
  observeRun(ruleId: string, seconds: number): void;
  /** `rule_errors_total`, by code. */
  countError(ruleId: string, code: string): void;
}
