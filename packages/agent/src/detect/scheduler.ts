import type { RuleTable } from "@holdfast/rules";
import { GroupAsker } from "./ask-groups.ts";
import { due, type Moment, type Standing } from "./due.ts";
import { ExecutorError } from "./errors.ts";
import type { RunResult, Statement } from "./job.ts";
import { Judge, type Reports } from "./judge.ts";
import type { DetectionMetrics } from "./metrics.ts";
import { type Memory, RuleMemory } from "./rule-memory.ts";
import { enabledState, failedState, type RuleState } from "./rule-state.ts";
import type { ScheduledRule } from "./scheduled-rule.ts";
import { SeqClock } from "./seq-clock.ts";

/** Where new rows come from. */
export interface RowSource {
  /** Number of the newest row. */
  readonly head: number;
  /** The same of one table, where it is known: rules on a table without new rows then cost nothing. */
  headOf?(table: string): number;
}

export interface SchedulerReports<R extends ScheduledRule> extends Reports<R> {
  /** A run came to nothing: its rows are judged again later. */
  failed(rule: R, error: Error): void;
  /** How far rules are could not be written: after a crash rows would be judged again. It is tried again at the next tick. */
  notRemembered(error: Error): void;
  /** A rule failed so often that it is not run any more: somebody has to be told. */
  disabled(rule: R, reason: string): void;
}

export interface SchedulerOptions<R extends ScheduledRule> {
  readonly tables: readonly RuleTable[];
  readonly source: RowSource;
  /** In the file of the rows themselves: see RuleMemory. */
  readonly memory: Memory;
  /** The executor's. */
  readonly run: (statement: Statement) => Promise<RunResult>;
  readonly reports: SchedulerReports<R>;
  readonly metrics: DetectionMetrics;
  /** Failures in a row after which a rule is switched off. */
  readonly maxFailures?: number;
  /** Unix time in milliseconds. */
  readonly now?: () => number;
}

/** What a tick did. */
export interface Tick {
  readonly judged: number;
  readonly failed: number;
}

const MAX_FAILURES = 5;

/** Runs rules over new rows, at least once and, but for a crash, once; every failure is told, and none stops the others. */
export class Scheduler<R extends ScheduledRule> {
  readonly #options: SchedulerOptions<R>;
  readonly #memory: RuleMemory;
  readonly #clock = new SeqClock();
  readonly #judge: Judge<R>;
  readonly #asker: GroupAsker<R>;
  readonly #kinds: ReadonlyMap<string, RuleTable["kind"]>;
  #rules: readonly R[] = [];
  #running: Promise<Tick> | undefined;

  /** Made before the first rows are written: rules that are not known yet begin at the newest row there is. */
  constructor(options: SchedulerOptions<R>) {
    this.#options = options;
    this.#memory = new RuleMemory(options.memory, options.source.head);
    this.#kinds = new Map(options.tables.map(({ name, kind }) => [name, kind]));
    const { run, reports, metrics } = options;
    this.#judge = new Judge({ run, reports, metrics, kinds: this.#kinds, memory: this.#memory });
    this.#asker = new GroupAsker({ run, metrics, kinds: this.#kinds });
  }

  /** From the next tick on these rules are run; those that are new, or were away, begin with rows that are new then. */
  setRules(rules: readonly R[]): void {
    this.#rules = rules;
    for (const rule of rules) {
      const { state, watermark } = this.#standingOf(rule);
      // The floor rises with those that are judged at every tick.
      if (rule.schedule.kind === "every") this.#memory.put(rule.id, { ...state, watermark });
    }
    this.#group();
    this.#save();
  }

  /** What is known of a rule: when it ran last, how often it failed since, and whether it is switched off. */
  stateOf(rule: R): RuleState {
    return this.#memory.stateOf(rule, this.#options.source.head);
  }

  /** Gives a rule that was switched off another chance; it goes on with the rows that it has not judged. */
  enable(rule: R): void {
    this.#memory.put(rule.id, enabledState(this.stateOf(rule)));
    this.#group();
  }

  /** After the event store was begun anew: what is remembered there is to be written again. */
  rewrite(): void {
    this.#memory.rewrite();
  }

  /** Judges what is new. One tick at a time: who asks in the meantime gets the end of the one that runs. */
  tick(): Promise<Tick> {
    this.#running ??= this.#tick().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #tick(): Promise<Tick> {
    const { source, now = Date.now } = this.#options;
    const seconds = Math.floor(now() / 1_000);
    const { head } = source;
    this.#clock.mark(seconds, head);
    const moment = { now: seconds, kinds: this.#kinds, headOf: (table: string) => source.headOf?.(table) ?? head };
    const standings = due(
      this.#rules.map((rule) => this.#standingOf(rule)),
      moment,
    );
    const loud = await this.#loud(standings, head);
    const outcomes = await Promise.all(loud.map((standing) => this.#judgeOne(standing, head, moment)));
    if (standings.length > 0) this.#memory.raiseFloor(head);
    for (const { rule, state } of outcomes) this.#memory.put(rule.id, levelled(rule, state, head));
    if (outcomes.some(({ state }) => state.disabled !== undefined)) this.#group();
    this.#save();
    return { judged: standings.length, failed: outcomes.filter(({ isFine }) => !isFine).length };
  }

  #standingOf(rule: R): Standing<R> {
    const state = this.stateOf(rule);
    return { rule, state, watermark: this.#memory.watermarkOf(state) };
  }

  /** Rules that were switched off are in no group, or one that is endless would keep its group from being asked. */
  #group(): void {
    this.#asker.setRules(this.#rules.filter((rule) => this.stateOf(rule).disabled === undefined));
  }

  #save(): void {
    try {
      this.#memory.save();
    } catch (error) {
      this.#options.reports.notRemembered(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Without those that find nothing in their new rows: they are judged by that. */
  async #loud(standings: readonly Standing<R>[], head: number): Promise<readonly Standing<R>[]> {
    const level = standings.filter(({ state }) => state.watermark === undefined && state.rowLimit === undefined);
    const [first] = level;
    if (first === undefined) return standings;
    const span = { after: first.watermark, upTo: head };
    const quiet = await this.#asker.quiet(new Set(level.map(({ rule }) => rule)), span);
    return standings.filter(({ rule }) => !quiet.has(rule));
  }

  /** What a rule does never keeps another one from being judged. */
  async #judgeOne(standing: Standing<R>, head: number, { now }: Moment): Promise<Outcome<R>> {
    const { rule, watermark } = standing;
    let state: RuleState = { ...standing.state, watermark };
    const until = { now, head, seqBefore: (since: number) => this.#clock.before(since) };
    try {
      await this.#judge.judge(standing, until, (reached) => {
        state = reached;
      });
      return { rule, state, isFine: true };
    } catch (error) {
      return { rule, state: this.#afterFailure(rule, state, error, now), isFine: false };
    }
  }

  #afterFailure(rule: R, state: RuleState, cause: unknown, now: number): RuleState {
    const { reports, metrics, maxFailures = MAX_FAILURES } = this.#options;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    metrics.countError(rule.id, error instanceof ExecutorError ? error.code : "not_recorded");
    reports.failed(rule, error);
    if (!(error instanceof ExecutorError) || !error.blamesStatement) return state;
    const failed = failedState(state, error.message, now, maxFailures);
    if (failed.disabled !== undefined) reports.disabled(rule, failed.disabled.reason);
    return failed;
  }
}

interface Outcome<R extends ScheduledRule> {
  readonly rule: R;
  /** With a watermark of its own, whatever became of it: the floor rises with the others. */
  readonly state: RuleState;
  readonly isFine: boolean;
}

/** A rule that has judged everything shares the floor with the others that have. */
function levelled(rule: ScheduledRule, state: RuleState, head: number): RuleState {
  const isLevel = rule.schedule.kind === "tick" && state.disabled === undefined && (state.watermark ?? 0) >= head;
  return isLevel ? { ...state, watermark: undefined } : state;
}
