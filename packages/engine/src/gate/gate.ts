import { setImmediate, setTimeout } from "node:timers/promises";
import { Refusal, type RefusalCode } from "../errors.ts";
import type { Logger } from "../logger.ts";
import type { Context, Input, Plan } from "../operation.ts";
import { type Attempt, beginAttempt } from "./attempt.ts";
import { authorize } from "./authorize.ts";
import type { Call } from "./call.ts";
import { CallLimits } from "./call-limits.ts";
import type { GateDependencies, Identification } from "./dependencies.ts";
import { runOnce } from "./idempotency.ts";
import { outcomeOf } from "./outcome.ts";
import type { RateVerdict } from "./rate-limit.ts";
import { recordAttempt, recordFinal } from "./record.ts";
import { replanPauseMs } from "./replan-pause.ts";
import { Turns } from "./turns.ts";
import { Validator } from "./validate.ts";

/** How often a plan that turned out stale is made again before the caller is told to come back. */
const MAX_REPLANS = 3;

/** Refusals that nobody can mend by asking in another way. */
const FOR_OPERATORS: ReadonlySet<RefusalCode> = new Set(["internal", "storage_failed", "sealed"]);

/** What a door encodes: a plan that is durable, or a refusal that is recorded (counted, when it has no `seq`). */
export type Answer =
  | { readonly ok: true; readonly plan: Plan; readonly seq: number; readonly rate: RateVerdict | undefined }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      readonly seq: number | undefined;
      readonly rate: RateVerdict | undefined;
    };

/** The one way to run an operation (docs/lifecycle.md): whatever comes out of here has been recorded first. */
export class Gate {
  readonly #with: GateDependencies;
  readonly #validator = new Validator();
  readonly #limits: CallLimits;
  readonly #turns = new Turns();

  constructor(dependencies: GateDependencies) {
    this.#with = dependencies;
    this.#limits = new CallLimits(dependencies);
  }

  /** Where its doors report what they could not deliver. */
  get log(): Logger {
    return this.#with.log;
  }

  /** admit → plan → record, and plan again while what was read keeps changing. */
  async perform(call: Call): Promise<Answer> {
    const startedAt = performance.now();
    const admitted = this.#admit(call);
    const refused = admitted instanceof Promise ? await admitted : admitted;
    const answer = refused ?? (await this.#planAndRecord(call));
    const seconds = (performance.now() - startedAt) / 1000;
    const outcome = outcomeOf(answer.ok ? undefined : answer.refusal);
    const operation = call.operation.definition.name;
    this.#with.meter.operation(operation, outcome, seconds);
    const { requestId, trace } = call;
    this.#with.log.debug({ requestId, trace, operation, outcome, seq: answer.seq, seconds }, "operation");
    return answer;
  }

  /** One entry for each actor or address that was rate-limited since the last call; a server asks for it every minute. */
  recordTally(): Promise<void> {
    return this.#limits.recordTally();
  }

  /** Before any work: whether the ledger takes on more, and whether this address has asked too often. */
  #admit(call: Call): Answer | undefined | Promise<Answer | undefined> {
    const refusal = this.#with.committer.admission();
    if (refusal !== undefined) return { ok: false, refusal, seq: undefined, rate: undefined };
    return this.#limits.ofAddress(call);
  }

  async #planAndRecord(call: Call): Promise<Answer> {
    let rate: RateVerdict | undefined;
    for (let replans = 0; ; replans++) {
      const attempt = await this.#plan(call, rate);
      let answer: Answer | undefined;
      try {
        const limited = this.#limits.ofAttempt(call, attempt);
        answer = limited instanceof Promise ? await limited : limited;
        answer ??= await this.#record(call, attempt);
      } finally {
        attempt.reads.giveBack();
      }
      if (answer !== undefined) return answer;
      if (replans === MAX_REPLANS) return this.#giveUp(call, attempt);
      this.#with.meter.replanned();
      await this.#pause(replans);
      rate = attempt.rate;
    }
  }

  /** Each in a turn of its own: plans made side by side would all expect the same rows, and one of them could win. */
  #pause(replans: number): Promise<void> {
    return this.#with.committer.isShared === true ? setTimeout(replanPauseMs(replans)) : setImmediate();
  }

  /** identify → limit → validate → authorize → run; each step returns or throws. */
  async #plan(call: Call, rate: RateVerdict | undefined): Promise<Attempt> {
    const attempt = beginAttempt(this.#with, rate, this.#turns, call);
    try {
      const found = await this.#identify(call, attempt);
      const isWithinLimit = this.#limits.admitsActor(found.principal.actor, attempt);
      if (!(isWithinLimit instanceof Promise ? await isWithinLimit : isWithinLimit)) return attempt;
      const input = this.#validator.input(call.operation.definition, call);
      const context = await authorize(this.#with, call, attempt, found, input);
      attempt.plan = await this.#run(call, context, input);
    } catch (error) {
      attempt.refusal = this.#refusalOf(error, call);
    }
    return attempt;
  }

  async #identify(call: Call, attempt: Attempt): Promise<Identification> {
    const found = await this.#with.identify(call.credential, attempt.reads, attempt.now);
    attempt.principal = found.principal;
    attempt.changes = found.changes ?? [];
    attempt.writes = found.writes ?? [];
    return found;
  }

  #run(call: Call, context: Context, input: Input): Plan | Promise<Plan> {
    const { definition, run } = call.operation;
    if (call.idempotencyKey === undefined || !definition.mutation) return run(context, input);
    return runOnce(this.#with.idempotency, call.idempotencyKey, context, input, () => run(context, input));
  }

  /** The answer to give once the attempt is durable, or cannot be recorded; undefined when it is stale. */
  async #record(call: Call, attempt: Attempt): Promise<Answer | undefined> {
    try {
      const seq = await recordAttempt(this.#with, call, attempt);
      return seq === undefined ? undefined : answerOf(attempt, seq);
    } catch (error) {
      const refusal = this.#refusalOf(error, call);
      // What could not be read cannot be recorded either, more often than not: the caller is told the first of the two.
      if (attempt.refusal?.code === "storage_failed") return unrecorded(attempt.refusal, attempt);
      if (attempt.plan === undefined || refusal !== error || refusal.code !== "internal") {
        return unrecorded(refusal, attempt);
      }
      // A plan that cannot be stored was never submitted: it is a failed operation, and that can be recorded.
      delete attempt.plan;
      attempt.refusal = refusal;
      return this.#record(call, attempt);
    }
  }

  /** The last attempt is recorded as refused: nothing of it is done, and nothing can make that stale. */
  async #giveUp(call: Call, attempt: Attempt): Promise<Answer> {
    const { principal, tenant, path, rate } = attempt;
    const refusal = new Refusal("busy", "The data kept changing while this was planned.", { retryAfterSeconds: 1 });
    const last = () => Object.assign(beginAttempt(this.#with, rate), { principal, tenant, path, refusal });
    try {
      return { ok: false, refusal, seq: await recordFinal(this.#with, call, last), rate };
    } catch (error) {
      return unrecorded(this.#refusalOf(error, call), attempt);
    }
  }

  /** What nobody foresaw is told to operators only: its text may hold anything. */
  #refusalOf(error: unknown, call: Call): Refusal {
    const refusal =
      error instanceof Refusal
        ? error
        : new Refusal("internal", "The server could not complete this operation.", { cause: error });
    if (FOR_OPERATORS.has(refusal.code)) {
      const operation = call.operation.definition.name;
      const detail = refusal.details.operatorDetail;
      this.#with.log.error(
        { err: refusal.cause ?? refusal, detail, requestId: call.requestId, operation },
        "operation failed unexpectedly",
      );
    }
    return refusal;
  }
}

function answerOf({ plan, refusal, rate }: Attempt, seq: number): Answer {
  if (plan !== undefined) return { ok: true, plan, seq, rate };
  // A plan and a refusal exclude each other, and an attempt ends with one of them.
  return { ok: false, refusal: refusal!, seq, rate };
}

const unrecorded = (refusal: Refusal, { rate }: Attempt): Answer => ({ ok: false, refusal, seq: undefined, rate });
