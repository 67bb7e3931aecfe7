/** Front door of detection: statements are run in a process of their own, rules over what is new. */
export { ExecutorError, type ExecutorErrorCode } from "./errors.ts";
export { Executor } from "./executor.ts";
export type { ExecutorEvents, ExecutorOptions } from "./executor-options.ts";
export type { RunResult, Statement } from "./job.ts";
export type { Changed, Found, Reports } from "./judge.ts";
export type { DetectionMetrics } from "./metrics.ts";
export type { Cell, RowBounds } from "./protocol.ts";
export type { Memory } from "./rule-memory.ts";
export type { RuleState } from "./rule-state.ts";
export type { ScheduledRule } from "./scheduled-rule.ts";
export { type RowSource, Scheduler, type SchedulerOptions, type SchedulerReports, type Tick } from "./scheduler.ts";
