import { findNamespaces, type Namespaces, reaches, reportOf, type SandboxReport } from "../sandbox/index.ts";
import { ExecutorError, executorErrorOf } from "./errors.ts";
import { type ExecutorOptions, processOptions } from "./executor-options.ts";
import { type Ending, ExecutorProcess } from "./executor-process.ts";
import type { ChildMessage, RunReply } from "./protocol.ts";

/** Why this side ended a process. */
export type KillReason =
  | "timeout"
  | "cancelled"
  | "renewed"
  | "not_needed"
  | "not_ready_in_time"
  | "sandbox_too_weak"
  | "closed";

/** What the executor's process says to a request. */
export type Answer = RunReply | Extract<ChildMessage, { readonly kind: "failed" }>;

/** What is told of the process that is kept. */
export interface KeeperEvents {
  readonly ready: () => void;
  readonly answer: (answer: Answer) => void;
  /** The process is gone, or could not be had at all: then with what is to be told to all who wait. */
  readonly lost: (ending: Ending | undefined, whyNone: ExecutorError | undefined) => void;
}

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;
/** A process that is not ready by then never will be; on a loaded machine it takes a second. */
const START_LIMIT_MS = 30_000;

/** What is said of a process that is gone because this side ended it. */
const WORDS: Readonly<Record<KillReason, string>> = {
  timeout: "it was ended at its deadline",
  cancelled: "it was ended with a statement that nobody wanted any more",
  renewed: "it is replaced by a fresh one",
  not_needed: "it was not needed",
  not_ready_in_time: `it was not ready after ${START_LIMIT_MS / 1_000} s`,
  sandbox_too_weak: "its sandbox is weaker than is asked for",
  closed: "it was closed",
};

/** Has one process of the executor ready: started when one is wanted, with back-off, and held against the sandbox asked for. */
export class ProcessKeeper {
  readonly #options: ExecutorOptions;
  readonly #events: KeeperEvents;
  #namespaces: Promise<Namespaces> | undefined;
  #process: ExecutorProcess | undefined;
  #isStarting = false;
  #isReady = false;
  #wasReady = false;
  #isClosed = false;
  #killedFor: KillReason | undefined;
  /** Ends without an answer in between. */
  #failures = 0;
  #delay: NodeJS.Timeout | undefined;
  #startLimit: NodeJS.Timeout | undefined;
  #gone: PromiseWithResolvers<void> | undefined;
  #absence = "it has not started yet";
  /** Of the newest process that was ready, whether it is still there or not. */
  report: SandboxReport | undefined;
  /** Why no process is started any more; undefined when one is. */
  refusal: string | undefined;

  constructor(options: ExecutorOptions, events: KeeperEvents) {
    this.#options = options;
    this.#events = events;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Why no process takes statements now; undefined when one does. */
  get absence(): string | undefined {
    return this.#isReady ? undefined : (this.refusal ?? this.#absence);
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  send(text: string): void {
    this.#process?.send(text);
  }

  /** Starts a process unless there is one; after failures later and later. */
  want(): void {
    if (this.#process !== undefined || this.#isStarting || this.#isClosed) return;
    this.#isStarting = true;
    const delayMs = this.#failures < 2 ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.#failures - 2));
    this.#delay = setTimeout(() => void this.#start(), delayMs);
  }

  kill(reason: KillReason): void {
    if (this.#process === undefined) return;
    this.#killedFor ??= reason;
    this.#absence = WORDS[this.#killedFor];
    this.#isReady = false;
    this.#process.kill();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#delay);
    if (this.#process === undefined) return;
    this.#gone ??= Promise.withResolvers<void>();
    this.kill("closed");
    await this.#gone.promise;
  }

  async #start(): Promise<void> {
    try {
      this.#namespaces ??= findNamespaces(this.#options.namespacePrograms);
      const namespaces = await this.#namespaces;
      if (this.#isClosed) return;
      this.#wasReady = false;
      const options = { ...processOptions(this.#options), wrapper: namespaces.wrapper };
      this.#process = new ExecutorProcess(options, {
        message: (message) => this.#onMessage(message, namespaces),
        end: (ending) => this.#onEnd(ending),
      });
      this.#startLimit = setTimeout(() => this.kill("not_ready_in_time"), START_LIMIT_MS);
    } catch (error) {
      this.#failures++;
      this.#isStarting = false;
      const whyNone = executorErrorOf(error);
      this.#absence = whyNone.message;
      this.#events.lost(undefined, whyNone);
    } finally {
      this.#isStarting = false;
    }
  }

  #onMessage(message: ChildMessage, namespaces: Namespaces): void {
    if (this.#killedFor !== undefined) return;
    if (message.kind === "ready") return this.#onReady(reportOf([namespaces.feature, ...message.features]));
    this.#failures = 0;
    this.#events.answer(message);
  }

  #onReady(report: SandboxReport): void {
    clearTimeout(this.#startLimit);
    this.report = report;
    this.#options.events?.started?.(report);
    if (!this.#isStrongEnough(report)) return this.kill("sandbox_too_weak");
    this.#isReady = true;
    this.#wasReady = true;
    this.#events.ready();
  }

  #isStrongEnough(report: SandboxReport): boolean {
    const { minimum, isRequired } = this.#options.sandbox ?? { minimum: "none", isRequired: false };
    if (reaches(report.level, minimum)) return true;
    const message = `The sandbox of the executor is ${report.level}; ${minimum} is asked for.`;
    this.#options.events?.alarm?.(message, report);
    if (isRequired) this.refusal = message;
    return !isRequired;
  }

  #onEnd(ending: Ending): void {
    const reason = this.#killedFor;
    this.#process = undefined;
    this.#isReady = false;
    this.#killedFor = undefined;
    clearTimeout(this.#startLimit);
    if (reason === undefined || reason === "not_ready_in_time") this.#failures++;
    if (reason === undefined) this.#absence = ending.message;
    if (reason !== "closed" && reason !== "not_needed") this.#options.events?.ended?.(reason ?? ending.message);
    this.#gone?.resolve();
    this.#events.lost(reason === undefined ? ending : undefined, this.#whyNone(reason, ending));
  }

  #whyNone(reason: KillReason | undefined, ending: Ending): ExecutorError | undefined {
    if (reason === "sandbox_too_weak") return new ExecutorError("unavailable", this.refusal ?? reason);
    const isStartFailure = reason === "not_ready_in_time" || (reason === undefined && !this.#wasReady);
    if (!isStartFailure) return undefined;
    const why = reason === undefined ? ending.message : `it was not ready after ${START_LIMIT_MS / 1_000} s`;
    return new ExecutorError("unavailable", `The executor did not start: ${why}.`);
  }
}
