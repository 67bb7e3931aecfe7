import { drivingTables, isDivisible, passesOf, type Span, type TableKinds } from "./bounds.ts";
import { decodeResult, type Difference, differenceOf, encodeResult, type StoredResult } from "./difference.ts";
import type { Standing } from "./due.ts";
import { ExecutorError } from "./errors.ts";
import type { RunResult, Statement } from "./job.ts";
import type { DetectionMetrics } from "./metrics.ts";
import type { Cell } from "./protocol.ts";
import type { RuleMemory } from "./rule-memory.ts";
import { caughtUpState, type RuleState, succeededState, tooMuch } from "./rule-state.ts";
import type { ScheduledRule } from "./scheduled-rule.ts";

/** Rows that a rule found, and which rows it looked at. */
export interface Found {
  readonly rows: readonly Readonly<Record<string, Cell>>[];
  readonly after: number;
  readonly upTo: number;
  /** Whether there was more than may be brought back. */
  readonly isTruncated: boolean;
}

/** How the result of a query changed; with `counter` 0 everything is new, because there was nothing to compare with. */
export interface Changed extends Difference {
  readonly columns: readonly string[];
  readonly epoch: number;
  readonly counter: number;
}

/** Where findings go. What was not taken is judged again. */
export interface Reports<R extends ScheduledRule> {
  /** Resolves when they are recorded durably. */
  findings(rule: R, found: Found): Promise<void>;
  changes(rule: R, changed: Changed): Promise<void>;
}

export interface JudgeOptions<R extends ScheduledRule> {
  readonly run: (statement: Statement) => Promise<RunResult>;
  readonly kinds: TableKinds;
  readonly memory: RuleMemory;
  readonly reports: Reports<R>;
  readonly metrics: DetectionMetrics;
}

/** Up to where, and when, a rule is judged. */
export interface Until {
  readonly now: number;
  readonly head: number;
  /** A number that events since then are above. */
  readonly seqBefore: (seconds: number) => number;
}

/** How far a judgement came; the last one stands when the next step throws. */
export type Progress = (state: RuleState) => void;

/** Steps in one tick: what is left after them waits for the next one. */
const MAX_STEPS = 32;

/** Judges one rule over its new rows: runs it, hands over what it found, and only then says that they are judged. */
export class Judge<R extends ScheduledRule> {
  readonly #options: JudgeOptions<R>;

  constructor(options: JudgeOptions<R>) {
    this.#options = options;
  }

  /** Tells `progress` of each step that is behind it; rejects with what stopped it. */
  async judge(standing: Standing<R>, until: Until, progress: Progress): Promise<void> {
    const { rule } = standing;
    let { state, watermark: after } = standing;
    for (let step = 0; step < MAX_STEPS; step++) {
      const span = await this.#spanOf(rule, state, after, until);
      const result = await this.#run(rule, span);
      if (result.isTruncated && this.#canShrink(rule, state, span)) {
        // So many rows are not too many for a rule that finds one thing in each.
        state = tooMuch(state, result.rows.length);
        continue;
      }
      state = succeededState(await this.#report(rule, state, span, result), span.upTo);
      if (rule.schedule.kind === "every") state = { ...state, lastRunAt: until.now };
      after = span.upTo;
      progress(after >= until.head ? caughtUpState(state) : state);
      if (after >= until.head) return;
    }
  }

  #canShrink(rule: R, { rowLimit }: RuleState, { after, upTo }: Span): boolean {
    return rowLimit !== 1 && upTo - after > 1 && isDivisible(rule, this.#options.kinds);
  }

  async #spanOf(rule: R, { rowLimit }: RuleState, after: number, { now, head, seqBefore }: Until): Promise<Span> {
    const isLimited = rowLimit !== undefined && isDivisible(rule, this.#options.kinds);
    const upTo = isLimited ? await this.#endOf(rule, after, head, rowLimit) : head;
    if (rule.windowSeconds === undefined) return { after, upTo };
    const since = now - rule.windowSeconds;
    return { after, upTo, window: { since, after: seqBefore(since) } };
  }

  /** Where so many new rows end; numbers have gaps as long as the agent was off, so they are counted. */
  async #endOf(rule: R, after: number, head: number, rowLimit: number): Promise<number> {
    const ends = drivingTables(rule, this.#options.kinds).map(async (table) => {
      const { rows } = await this.#options.run({
        sql: `SELECT count(*) AS n, max(r.seq) AS seq FROM (SELECT t.seq AS seq FROM "${table}" t ORDER BY t.seq LIMIT ?) r`,
        parameters: [rowLimit],
        bounds: { [table]: { after, upTo: head } },
      });
      const [count, seq] = rows[0] ?? [];
      return Number(count) < rowLimit ? head : Number(seq);
    });
    return Math.min(...(await Promise.all(ends)));
  }

  async #run(rule: R, span: Span): Promise<RunResult> {
    const { run, kinds, metrics } = this.#options;
    const { statement, timeoutMs, maxRows } = rule;
    const limits = { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(maxRows === undefined ? {} : { maxRows }) };
    const results: RunResult[] = [];
    for (const bounds of passesOf(rule, kinds, span)) {
      results.push(await run({ sql: statement.sql, parameters: statement.parameters, bounds, ...limits }));
    }
    const durationMs = results.reduce((sum, result) => sum + result.durationMs, 0);
    metrics.observeRun(rule.id, durationMs / 1_000);
    return {
      columns: results[0]?.columns ?? [],
      rows: results.flatMap(({ rows }) => rows),
      isTruncated: results.some(({ isTruncated }) => isTruncated),
      durationMs,
    };
  }

  /** Returns the state with what reporting changed in it. */
  async #report(rule: R, state: RuleState, { after, upTo }: Span, result: RunResult): Promise<RuleState> {
    if (rule.isDifferential === true) return this.#reportChange(rule, state, result);
    const { columns, rows, isTruncated } = result;
    if (rows.length === 0) return state;
    const records = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
    await this.#options.reports.findings(rule, { rows: records, after, upTo, isTruncated });
    return state;
  }

  async #reportChange(rule: R, state: RuleState, { columns, rows, isTruncated }: RunResult): Promise<RuleState> {
    // Rows that were cut off would seem to have gone.
    if (isTruncated) throw new ExecutorError("too_many_rows", `More than ${rows.length} rows cannot be compared.`);
    const { memory, reports } = this.#options;
    const before = state.counter === 0 ? undefined : decodeResult(memory.resultOf(rule.id));
    const { epoch, counter } = continued(state, before, columns);
    const difference = differenceOf(counter === 0 ? [] : before!.rows, rows);
    if (counter === 0 || difference.added.length + difference.removed.length > 0) {
      await reports.changes(rule, { ...difference, columns, epoch, counter });
    }
    memory.putResult(rule.id, encodeResult({ columns, rows }));
    return { ...state, epoch, counter: counter + 1 };
  }
}

/** A result that cannot be compared with the one before begins a new series. */
function continued(
  state: RuleState,
  before: StoredResult | undefined,
  columns: readonly string[],
): { epoch: number; counter: number } {
  const { epoch, counter } = state;
  if (counter === 0) return { epoch, counter };
  const isSame = before !== undefined && before.columns.join("\0") === columns.join("\0");
  return isSame ? { epoch, counter } : { epoch: epoch + 1, counter: 0 };
}
