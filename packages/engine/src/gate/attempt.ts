import type { Refusal } from "../errors.ts";
import type { Plan, Principal } from "../operation.ts";
import type { Change } from "../table.ts";
import type { GateDependencies } from "./dependencies.ts";
import type { RateVerdict } from "./rate-limit.ts";
import { PlanReads } from "./reads.ts";
import type { Turns } from "./turns.ts";

/** One planning attempt: what the steps found out, ready to be recorded. */
export interface Attempt {
  readonly reads: PlanReads;
  /** Ledger size at which planning began. */
  readonly seen: number;
  readonly now: number;
  /** Verdict on the actor; a call is counted once, however often it is planned again. */
  rate: RateVerdict | undefined;
  principal?: Principal;
  tenant?: string;
  /** Path that was decided on. */
  path?: string;
  /** Role and permission that allowed it. */
  rule?: string;
  /** Of the credential: these are committed even when the answer is no. */
  changes: readonly Change[];
  writes: readonly string[];
  plan?: Plan;
  refusal?: Refusal;
}

/** With turns and a caller, the attempt's turns have to be given back. */
export function beginAttempt(
  { cache, storage, committer, clock }: GateDependencies,
  rate: RateVerdict | undefined,
  turns?: Turns,
  caller?: { readonly signal: AbortSignal },
): Attempt {
  return {
    reads: new PlanReads(cache, storage, committer, turns, caller),
    seen: committer.position,
    now: clock(),
    rate,
    changes: [],
    writes: [],
  };
}
