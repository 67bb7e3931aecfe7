import type { SandboxReport } from "../sandbox/index.ts";
import { ExecutorError } from "./errors.ts";
import { executorDefaults, type ExecutorOptions } from "./executor-options.ts";
import type { Ending } from "./executor-process.ts";
import { type Job, jobOf, type RunResult, type Statement } from "./job.ts";
import { JobLine } from "./job-line.ts";
import { type Answer, ProcessKeeper } from "./process-keeper.ts";

/**
 * Runs statements, one at a time and in order, in a process of its own that is locked down and ended from outside: a
 * query cannot be stopped in the middle by any other means (ATTACKS 37). Whatever one statement does to that process, the
 * next one meets a fresh one.
 */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #line = new JobLine();
  readonly #keeper: ProcessKeeper;
  #isClosed = false;
  #watched: Job | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#keeper = new ProcessKeeper(options, {
      ready: () => this.#advance(),
      answer: (answer) => this.#onAnswer(answer),
      lost: (ending, whyNone) => this.#onLost(ending, whyNone),
    });
  }

  /** Why no process takes statements now, such as what the last one died of; undefined when one does. */
  get absence(): string | undefined {
    return this.#keeper.absence;
  }

  /** What the newest process is or was locked down by; undefined before the first was ready. */
  get report(): SandboxReport | undefined {
    return this.#keeper.report;
  }

  /** Process id of what was started; of the wrapper, where one stays in between. */
  get pid(): number | undefined {
    return this.#keeper.pid;
  }

  /** Statements that wait or run. */
  get pending(): number {
    return this.#line.length;
  }

  /** Runs one statement; rejects with an ExecutorError. */
  run(statement: Statement): Promise<RunResult> {
    const { job, result } = jobOf(statement, { ...executorDefaults, ...this.#options }, () => this.#onAbort(job));
    const refusal = this.#isClosed ? "The executor is closed." : this.#keeper.refusal;
    if (refusal !== undefined) job.reject(new ExecutorError("unavailable", refusal));
    if (job.isSettled) return result;
    if (this.#line.add(job)) this.#advance();
    else job.reject(new ExecutorError("busy", "Too many statements wait already."));
    return result;
  }

  /** Starts the process, unless it runs, and says what it is locked down by. */
  async start(): Promise<SandboxReport> {
    await this.run({ sql: "SELECT 1", parameters: [], bounds: {} });
    return this.report!;
  }

  /** Has the next statement meet a new process, which opens the database anew; what runs is run again. */
  renew(): void {
    this.#keeper.refusal = undefined;
    this.#keeper.kill("renewed");
  }

  /** Ends the process; what waits or runs is rejected. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#line.rejectAll(new ExecutorError("cancelled", "The executor was closed."));
    this.#watch();
    clearTimeout(this.#idle);
    await this.#keeper.close();
  }

  #advance(): void {
    clearTimeout(this.#idle);
    if (this.#line.length > 0 && !this.#keeper.isReady) return this.#keeper.want();
    for (const job of this.#line.takeForSending()) this.#keeper.send(job.text);
    this.#watch();
    const { idleMs } = this.#options;
    if (this.#line.length > 0 || idleMs === undefined || this.#isClosed) return;
    this.#idle = setTimeout(() => this.#keeper.kill("not_needed"), idleMs);
  }

  /** The oldest job that was sent is the one that runs: its time is counted from when it became so. */
  #watch(): void {
    const { running } = this.#line;
    if (running === this.#watched) return;
    clearTimeout(this.#deadline);
    this.#watched = running;
    if (running === undefined) return;
    // An answer may lie unread while the agent itself was busy: it is read before anything is ended.
    this.#deadline = setTimeout(() => setImmediate(() => this.#onDeadline(running)), running.timeoutMs);
  }

  #onDeadline(job: Job): void {
    if (this.#line.running !== job) return;
    job.reject(new ExecutorError("timeout", `The statement was ended after ${job.timeoutMs / 1000} s.`));
    this.#keeper.kill("timeout");
  }

  #onAbort(job: Job): void {
    if (this.#line.running === job) this.#keeper.kill("cancelled");
    else this.#line.drop(job);
  }

  #onAnswer(answer: Answer): void {
    const job = this.#line.finish(answer.id);
    if (job === undefined) {
      this.#line.running?.reject(new ExecutorError("crashed", "The executor answered what it was not asked."));
      return this.#keeper.kill("renewed");
    }
    if (answer.kind === "rows") job.resolve(answer);
    else job.reject(new ExecutorError(answer.code, answer.message));
    // Its memory is in pieces, or its database has to be opened anew.
    const isSpent = answer.kind === "failed" && (answer.code === "memory" || answer.code === "unavailable");
    if (isSpent) return this.#keeper.kill("renewed");
    this.#advance();
  }

  #onLost(ending: Ending | undefined, whyNone: ExecutorError | undefined): void {
    if (whyNone !== undefined) this.#line.rejectAll(whyNone);
    // It ended by itself: what it ran is to blame, and what it would have run next is not.
    if (ending !== undefined) this.#line.running?.reject(blame(ending));
    this.#line.takeBack();
    this.#watch();
    this.#advance();
  }
}

function blame({ kind, message }: Ending): ExecutorError {
  const code = kind === "memory" ? "memory" : "crashed";
  return new ExecutorError(code, `The executor was lost while it ran this: ${message}.`);
}
