import { Refusal } from "../errors.ts";
import type { AccessRequest, Context, Input, OperationDefinition, PermissionRule, Plan, Principal } from "../operation.ts";
import type { Outcome, Submission } from "../submission.ts";
import type { Change } from "../table.ts";
import type { Call } from "./call.ts";
import type { GateDependencies } from "./dependencies.ts";
import { payloadBytes } from "./payload.ts";
import type { RateVerdict } from "./rate-limit.ts";
import { PlanReads } from "./reads.ts";
import { Tally } from "./tally.ts";
import { Validator } from "./validate.ts";

/** How often a planning attempt that turned out stale is repeated before the caller is told to come back. */
const MAX_REPLANS = 3;

/** What a door encodes: a plan that is durable, or a refusal that is recorded. */
export type Answer =
  | { readonly ok: true; readonly plan: Plan; readonly seq: number; readonly rate: RateVerdict | undefined }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      readonly seq: number | undefined;
      readonly rate: RateVerdict | undefined;
    };

/** One planning attempt, ready to be recorded. */
interface Attempt {
  readonly reads: PlanReads;
  readonly seen: number;
  readonly now: number;
  principal: Principal | undefined;
  tenant: string | undefined;
  rule: string | undefined;
  /** Of the credential: these are committed even when the answer is no. */
  changes: readonly Change[];
  writes: readonly string[];
  rate: RateVerdict | undefined;
  plan: Plan | undefined;
  refusal: Refusal | undefined;
}

/** The one way to run an operation (DESIGN §3): whatever comes out of here has been recorded first. */
export class Gate {
  readonly #with: GateDependencies;
  readonly #validator = new Validator();
  readonly #tally: Tally;

  constructor(dependencies: GateDependencies) {
    this.#with = dependencies;
    this.#tally = new Tally(dependencies.nobody);
  }

  async perform(call: Call): Promise<Answer> {
    const startedAt = performance.now();
    const refused = this.#admit(call);
    const answer = refused ?? (await this.#planAndRecord(call));
    const seconds = (performance.now() - startedAt) / 1000;
    this.#with.meter.operation(call.operation.definition.name, answer.ok ? "ok" : outcomeOf(answer.refusal), seconds);
    return answer;
  }

  /** One entry for each source that was rate-limited since the last call; the server calls this every minute. */
  async recordTally(): Promise<void> {
    for (const row of this.#tally.take()) {
      const attempt = this.#attempt();
      const facts = { count: row.count, source: row.source };
      await this.#submit(attempt, { ...row, action: "gate.rate-limit", resource: "gate", outcome: "denied", reason: "rate_limited" }, {
        op: "gate.rate-limit",
        from: row.source,
        credential: undefined,
        name: undefined,
        node: this.#with.node,
        request: "",
        trace: undefined,
        rule: undefined,
        facts,
      });
    }
  }

  #admit(call: Call): Answer | undefined {
    const limiter = this.#with.limits.address;
    if (limiter === undefined) return undefined;
    const source = addressPrefix(call.source.address);
    const verdict = limiter.take(source, this.#with.clock());
    if (verdict.allowed) return undefined;
    return this.#limited(this.#with.nobody.tenant, this.#with.nobody.actor, source, verdict);
  }

  #limited(tenant: string, actor: string, source: string, rate: RateVerdict): Answer {
    this.#tally.add(tenant, actor, source);
    this.#with.meter.limited();
    const refusal = new Refusal("rate_limited", "Too many requests.", {
      retryAfterSeconds: Math.max(1, Math.ceil(rate.resetSeconds)),
    });
    return { ok: false, refusal, seq: undefined, rate };
  }

  async #planAndRecord(call: Call): Promise<Answer> {
    let rate: RateVerdict | undefined;
    for (let replans = 0; ; replans++) {
      const attempt = this.#attempt();
      try {
        await this.#plan(call, attempt, replans === 0);
      } catch (error) {
        attempt.refusal = this.#refusalOf(error, call);
      }
      rate ??= attempt.rate;
      if (attempt.refusal?.code === "rate_limited" && attempt.principal !== undefined && rate !== undefined) {
        return this.#limited(attempt.principal.tenant, attempt.principal.actor, call.source.address, rate);
      }
      if (replans === MAX_REPLANS + 1) giveUp(attempt);
      const seq = await this.#record(call, attempt);
      if (typeof seq === "number") return answerOf(attempt, seq, rate);
      if (seq instanceof Refusal) return { ok: false, refusal: seq, seq: undefined, rate };
      this.#with.meter.replanned();
    }
  }

  #attempt(): Attempt {
    const { cache, storage, committer, clock } = this.#with;
    return {
      reads: new PlanReads(cache, storage, committer),
      seen: committer.position,
      now: clock(),
      principal: undefined,
      tenant: undefined,
      rule: undefined,
      changes: [],
      writes: [],
      rate: undefined,
      plan: undefined,
      refusal: undefined,
    };
  }

  /** identify → limit → validate → authorize → run; each step returns or throws. */
  async #plan(call: Call, attempt: Attempt, isFirst: boolean): Promise<void> {
    const principal = await this.#identify(call, attempt);
    if (isFirst) this.#limit(principal, attempt);
    const input = this.#validator.input(call.operation.definition, call);
    const context = await this.#authorize(call, attempt, principal, input);
    attempt.plan = await call.operation.run(context, input);
  }

  async #identify(call: Call, attempt: Attempt): Promise<Principal> {
    const found = await this.#with.identify(call.credential, attempt.reads, attempt.now);
    attempt.principal = found.principal;
    attempt.changes = found.changes ?? [];
    attempt.writes = found.writes ?? [];
    return found.principal;
  }

  #limit(principal: Principal, attempt: Attempt): void {
    attempt.rate = this.#with.limits.actor?.take(principal.actor, attempt.now);
    if (attempt.rate?.allowed === false) throw new Refusal("rate_limited", "Too many requests.");
  }

  async #authorize(call: Call, attempt: Attempt, principal: Principal, input: Input): Promise<Context> {
    const startedAt = performance.now();
    const tenant = await this.#with.fence(principal, call.tenantNamed, attempt.reads);
    attempt.tenant = tenant;
    const decide: Context["decide"] = (request) => this.#with.authorize(principal, tenant, request, attempt.reads);
    const { permission } = call.operation.definition;
    if (permission !== null) {
      const decision = await decide(requestOf(call.operation.definition, permission, input));
      attempt.rule = decision.rule === undefined ? undefined : `${decision.rule.role} ${decision.rule.permission}`;
      if (!decision.allowed) throw forbidden();
    }
    this.#with.meter.decision((performance.now() - startedAt) / 1000);
    return {
      operation: call.operation.definition,
      principal,
      tenant,
      reads: attempt.reads,
      now: attempt.now,
      seen: attempt.seen,
      requestId: call.requestId,
      log: this.#with.log,
      signal: call.signal,
      decide,
    };
  }

  #refusalOf(error: unknown, call: Call): Refusal {
    if (error instanceof Refusal) return error;
    this.#with.log.error(
      { err: error, requestId: call.requestId, operation: call.operation.definition.name },
      "operation failed unexpectedly",
    );
    return new Refusal("internal", "The server could not complete this operation.", { cause: error });
  }

  /** The entry's sequence number once durable; a refusal when it cannot be recorded; undefined when stale. */
  async #record(call: Call, attempt: Attempt): Promise<number | Refusal | undefined> {
    const { definition } = call.operation;
    const { principal, plan, refusal } = attempt;
    const nobody = this.#with.nobody;
    const entry = {
      tenant: attempt.tenant ?? principal?.tenant ?? nobody.tenant,
      actor: principal?.actor ?? nobody.actor,
      action: definition.name,
      resource: plan?.resource ?? definition.entryResource,
      outcome: refusal === undefined ? ("ok" as const) : outcomeOf(refusal),
      reason: refusal?.code ?? "",
    };
    try {
      const result = await this.#submit(attempt, entry, {
        op: definition.name,
        from: call.source.address,
        credential: principal?.credential,
        name: principal?.name,
        node: this.#with.node,
        request: call.requestId,
        trace: call.trace,
        rule: attempt.rule,
        facts: plan?.facts ?? factsOf(call),
      });
      return result.status === "committed" ? result.seq : undefined;
    } catch (error) {
      return this.#refusalOf(error, call);
    }
  }

  async #submit(attempt: Attempt, entry: Submission["entry"], facts: Parameters<typeof payloadBytes>[0]) {
    const { committer, payloadKeyOf, hashRow } = this.#with;
    const key = await payloadKeyOf({ tenant: entry.tenant, actor: entry.actor }, attempt.now, attempt.reads);
    const planned = attempt.refusal === undefined ? (attempt.plan?.changes ?? []) : [];
    const plannedWrites = attempt.refusal === undefined ? (attempt.plan?.writes ?? []) : [];
    const changes = [...key.changes, ...attempt.changes, ...planned].map((change) => ({ change, hash: hashRow(change) }));
    return committer.submit({
      entry,
      payload: key.seal(payloadBytes(facts, changes)),
      changes,
      reads: attempt.reads.keys,
      writes: [...key.writes, ...attempt.writes, ...plannedWrites],
      seen: attempt.seen,
    });
  }
}

function forbidden(): Refusal {
  return new Refusal("forbidden", "This actor may not do that.", {
    hint: "Ask for the decision with `holdfast why`, or POST /api/decisions:explain.",
  });
}

function requestOf(definition: OperationDefinition, permission: PermissionRule, input: Input): AccessRequest {
  const { resource, action } = permission;
  return { resource, action, path: pathOf(permission.path, input), scope: definition.scope };
}

function pathOf(field: string | undefined, input: Input): string {
  if (field === undefined || field === "") return "";
  const value = input.params[field] ?? input.query[field] ?? input.body[field] ?? "";
  return typeof value === "string" ? value : "";
}

/** The last attempt is recorded as it is: refused, without footprint, so that it cannot become stale again. */
function giveUp(attempt: Attempt): void {
  attempt.plan = undefined;
  attempt.refusal = new Refusal("busy", "The data kept changing while this was planned.", { retryAfterSeconds: 1 });
  attempt.changes = [];
  attempt.writes = [];
  attempt.reads.keys.length = 0;
}

function answerOf(attempt: Attempt, seq: number, rate: RateVerdict | undefined): Answer {
  if (attempt.refusal !== undefined) return { ok: false, refusal: attempt.refusal, seq, rate };
  if (attempt.plan === undefined) throw new Error("an attempt without a refusal has a plan");
  return { ok: true, plan: attempt.plan, seq, rate };
}

const DENIED = new Set(["unauthenticated", "forbidden", "rate_limited", "sealed"]);
const CONFLICT = new Set(["already_exists", "version_mismatch", "conflict", "idempotency_mismatch", "busy"]);

function outcomeOf(refusal: Refusal): Outcome {
  if (DENIED.has(refusal.code)) return "denied";
  return CONFLICT.has(refusal.code) ? "conflict" : "failed";
}

/** What was asked for, when nothing was done: the path of a refused call belongs into its record. */
function factsOf(call: Call): Readonly<Record<string, unknown>> | undefined {
  const params = Object.keys(call.params).length === 0 ? undefined : call.params;
  return params === undefined ? undefined : { params };
}

/** Limits go by /64 for IPv6 (what one host usually holds), by address otherwise. */
function addressPrefix(address: string): string {
  return address.includes(":") && !address.includes(".") ? address.split(":").slice(0, 4).join(":") : address;
}
