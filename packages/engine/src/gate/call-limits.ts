import { Refusal } from "../errors.ts";
import { addressPrefix } from "./address-prefix.ts";
import { type Attempt, beginAttempt } from "./attempt.ts";
import type { Call } from "./call.ts";
import type { GateDependencies, Limiter } from "./dependencies.ts";
import type { Answer } from "./gate.ts";
import type { RateVerdict } from "./rate-limit.ts";
import { recordDuty } from "./record.ts";
import { type RefusedCalls, Tally } from "./tally.ts";

/** The refusal, when there is one; at once when the limiter answers at once. */
type Judged = Answer | undefined | Promise<Answer | undefined>;

/** Counts calls against the limits, and keeps the tally of what they refused. */
export class CallLimits {
  readonly #with: GateDependencies;
  readonly #tally: Tally;

  constructor(dependencies: GateDependencies) {
    this.#with = dependencies;
    this.#tally = new Tally(dependencies.nobody);
  }

  /** Whether this address has asked too often; nothing of the call has been believed yet. */
  ofAddress(call: Call): Judged {
    return this.#ofSource(this.#with.limits.address, call, this.#with.clock());
  }

  /** Counts a call of this actor, once however often it is planned; false when it is one too many. */
  admitsActor(actor: string, attempt: Attempt): boolean | Promise<boolean> {
    const verdict = attempt.rate ?? this.#with.limits.actor?.take(actor, attempt.now);
    return verdict instanceof Promise ? verdict.then((late) => keep(late, attempt)) : keep(verdict, attempt);
  }

  /** The refusal of an attempt whose actor, or whose address with nobody's credentials, has asked too often. */
  ofAttempt(call: Call, attempt: Attempt): Judged {
    return this.#ofActor(call, attempt) ?? this.#ofStranger(call, attempt);
  }

  /** One entry for each actor or address that was refused since the last call. */
  async recordTally(): Promise<void> {
    for (const row of this.#tally.take()) {
      if (!(await this.#record(row))) this.#tally.add(row);
    }
  }

  #ofActor(call: Call, { principal, rate }: Attempt): Answer | undefined {
    if (rate?.allowed !== false) return undefined;
    const { tenant, actor } = principal!;
    return this.#refuse({ key: actor, tenant, actor, source: addressPrefix(call.source.address), count: 1 }, rate);
  }

  /** After so many refused credentials from one address, further ones are counted together. */
  #ofStranger(call: Call, { principal, refusal, now }: Attempt): Judged {
    if (principal !== undefined || refusal?.code !== "unauthenticated") return undefined;
    return this.#ofSource(this.#with.limits.stranger, call, now);
  }

  #ofSource(limiter: Limiter | undefined, call: Call, now: number): Judged {
    if (limiter === undefined) return undefined;
    const source = addressPrefix(call.source.address);
    const verdict = limiter.take(source, now);
    return verdict instanceof Promise
      ? verdict.then((late) => this.#refusedSource(source, late))
      : this.#refusedSource(source, verdict);
  }

  #refusedSource(source: string, verdict: RateVerdict): Answer | undefined {
    if (verdict.allowed) return undefined;
    return this.#refuse({ key: source, ...this.#with.nobody, source, count: 1 }, verdict);
  }

  #refuse(refused: RefusedCalls, rate: RateVerdict): Answer {
    this.#tally.add(refused);
    this.#with.meter.limited();
    const retryAfterSeconds = Math.max(1, Math.ceil(rate.resetSeconds));
    const refusal = new Refusal("rate_limited", "Too many requests.", { retryAfterSeconds });
    return { ok: false, refusal, seq: undefined, rate };
  }

  async #record({ tenant, actor, source, count }: RefusedCalls): Promise<boolean> {
    const action = "gate.rate-limit";
    const entry = { tenant, actor, action, resource: "gate", outcome: "denied", reason: "rate_limited" } as const;
    const facts = { op: action, from: source, node: this.#with.node, facts: { count, source } };
    try {
      return (await recordDuty(this.#with, () => beginAttempt(this.#with, undefined), entry, facts)) !== undefined;
    } catch (error) {
      this.#with.log.error({ err: error, count }, "rate-limited calls are not recorded yet");
      return false;
    }
  }
}

function keep(verdict: RateVerdict | undefined, attempt: Attempt): boolean {
  attempt.rate = verdict;
  return verdict?.allowed !== false;
}
