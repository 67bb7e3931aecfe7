import type { Call, Gate, Logger, Operation, Principal } from "@holdfast/engine";
import { nextRequestId } from "@holdfast/engine";
import type { Keyring } from "../keyring/index.ts";

const MINUTE_MS = 60_000;
const MAX_SWEEPS_A_MINUTE = 50;

/** What a server does unasked; each step goes through the gate and stands in the ledger. */
export interface Duties {
  readonly gate: Gate;
  readonly sweep: Operation;
  /** Actor of what the server does unasked. */
  readonly actor: string;
  readonly keyring: Keyring;
  readonly tenants: () => Promise<readonly string[]>;
  readonly isSweepDue: (tenant: string) => Promise<boolean>;
  readonly log: Logger;
}

/** Runs the duties every minute, one round at a time; the returned function ends them and waits for the round. */
export function startDuties(duties: Duties): () => Promise<void> {
  const ending = new AbortController();
  let round = Promise.resolve();
  const timer = setInterval(() => {
    round = round.then(() => runRound(duties, ending.signal));
  }, MINUTE_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    ending.abort();
    await round;
    await duties.gate.recordTally();
  };
}

async function runRound(duties: Duties, signal: AbortSignal): Promise<void> {
  try {
    await duties.gate.recordTally();
    duties.keyring.dropExpired();
    for (const tenant of await duties.tenants()) await sweepTenant(duties, tenant, signal);
  } catch (error) {
    duties.log.error({ err: error }, "a duty of the server failed; it is tried again in a minute");
  }
}

/** Moves what old KEKs wrap to the active one, a bounded piece at a time, until nothing is left. */
async function sweepTenant(duties: Duties, tenant: string, signal: AbortSignal): Promise<void> {
  for (let piece = 0; piece < MAX_SWEEPS_A_MINUTE && !signal.aborted; piece++) {
    if (!(await duties.isSweepDue(tenant))) return;
    const answer = await duties.gate.perform(internalCall(duties.sweep, duties.actor, tenant, signal));
    if (!answer.ok || (answer.plan.output as { readonly isDone: boolean }).isDone) return;
  }
}

/** A call that no door can make: the server itself is the actor. */
export function internalCall(operation: Operation, actor: string, tenant: string, signal: AbortSignal): Call {
  const principal: Principal = { actor, tenant, kind: "internal", credential: "internal" };
  return {
    operation,
    credential: { kind: "internal", principal },
    source: { listener: "socket", address: "server" },
    params: {},
    query: {},
    body: undefined,
    mediaType: undefined,
    precondition: undefined,
    tenantNamed: undefined,
    idempotencyKey: undefined,
    fault: undefined,
    requestId: nextRequestId(),
    trace: undefined,
    signal,
  };
}
