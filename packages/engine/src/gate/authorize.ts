import { parsePath } from "@holdfast/kernel/paths";
import { Refusal } from "../errors.ts";
import type { AccessRequest, Context, Input, OperationDefinition, PermissionRule } from "../operation.ts";
import type { Attempt } from "./attempt.ts";
import type { Call } from "./call.ts";
import type { GateDependencies, Identification } from "./dependencies.ts";

/** Fences the call into its tenant and decides it, before anything is looked up; what it may know is the context. */
export async function authorize(
  { fence, authorize: decideFor, log, meter }: GateDependencies,
  call: Call,
  attempt: Attempt,
  { principal }: Identification,
  input: Input,
): Promise<Context> {
  const startedAt = performance.now();
  const { reads } = attempt;
  const operation = call.operation.definition;
  const tenant = await fence(principal, call.tenantNamed, reads);
  attempt.tenant = tenant;
  const decide: Context["decide"] = (request) => decideFor(principal, tenant, request, reads);
  if (operation.permission !== null) await insist(decide, requestOf(operation, operation.permission, input), attempt);
  meter.decision((performance.now() - startedAt) / 1000);
  return new CallContext(call, attempt, principal, tenant, log, decide);
}

/** A class, because a getter in an object literal gives every single object a hidden class of its own. */
class CallContext implements Context {
  readonly operation: OperationDefinition;
  readonly principal: Context["principal"];
  readonly tenant: string;
  readonly reads: Context["reads"];
  readonly now: number;
  readonly seen: number;
  readonly requestId: string;
  readonly log: Context["log"];
  readonly decide: Context["decide"];
  readonly #call: Call;

  constructor(
    call: Call,
    { reads, now, seen }: Attempt,
    principal: Context["principal"],
    tenant: string,
    log: Context["log"],
    decide: Context["decide"],
  ) {
    this.operation = call.operation.definition;
    this.principal = principal;
    this.tenant = tenant;
    this.reads = reads;
    this.now = now;
    this.seen = seen;
    this.requestId = call.requestId;
    this.log = log;
    this.decide = decide;
    this.#call = call;
  }

  /** Asked for by few operations, and made only then. */
  get signal(): AbortSignal {
    return this.#call.signal;
  }
}

async function insist(decide: Context["decide"], request: AccessRequest, attempt: Attempt): Promise<void> {
  if (request.path !== "") attempt.path = request.path;
  const { allowed, rule } = await decide(request);
  if (rule !== undefined) attempt.rule = `${rule.role} ${rule.permission}`;
  if (allowed) return;
  throw new Refusal("forbidden", "This actor may not do that.", {
    hint: "Ask for the decision with `holdfast why`, or POST /api/decisions:explain.",
  });
}

function requestOf(definition: OperationDefinition, permission: PermissionRule, input: Input): AccessRequest {
  const { resource, action } = permission;
  return { resource, action, path: pathOf(permission.path, input), scope: definition.scope };
}

/** The path a rule judges has one spelling, wherever the caller wrote it: target, query or body (ATTACKS 1). */
function pathOf(field: string | undefined, input: Input): string {
  if (field === undefined || field === "") return "";
  const value = input.params[field] ?? input.query[field] ?? input.body[field];
  if (value === undefined) return "";
  const parsed = typeof value === "string" ? parsePath(value) : { ok: false as const, reason: "is not text" };
  if (!parsed.ok) throw new Refusal("path_not_canonical", `The path ${parsed.reason}.`);
  return parsed.path;
}
