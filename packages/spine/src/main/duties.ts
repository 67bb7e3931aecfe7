import {
  dutyCall,
  type Gate,
  idempotencySweep,
  isIdempotencySweepDue,
  type Logger,
  type Operation,
  type Principal,
  type Reads,
} from "@holdfast/engine";
import { isTokenSweepDue, tokenSweep } from "../identity/index.ts";
import { isSweepDue, type Keyring, keySweep } from "../keyring/index.ts";
import { loadTenants } from "../tenants/index.ts";
import type { OpenLedger } from "./ledger-place.ts";

const MINUTE_MS = 60_000;
/** Pieces of one duty in one round: the rest waits a minute, so that duties never starve callers. */
const MAX_PIECES = 50;

/** What a process's duties work with. */
export interface Duties {
  readonly gate: Gate;
  readonly keyring: Keyring;
  readonly reads: () => Reads;
  readonly ledger: Pick<OpenLedger, "duties" | "upkeep">;
  /** Whom entries name for what is done unasked. */
  readonly actor: string;
  /** Where duties act that concern no tenant. */
  readonly systemTenant: string;
  readonly log: Logger;
  /** Those of the program itself. */
  readonly further?: readonly Duty[];
}

/** Something that is done unasked, piece by piece: its output says `isDone` when nothing is left. */
export interface Duty {
  readonly operation: Operation;
  readonly tenant: string;
  readonly isDue: (now: number) => Promise<boolean>;
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

/** One round: what each node does for itself, then what one of all nodes does. */
async function runRound(duties: Duties, signal: AbortSignal): Promise<void> {
  const { gate, keyring, ledger } = duties;
  const isToGoOn = () => ledger.duties.isHeld && !signal.aborted;
  await attempt(duties, async () => {
    await gate.recordTally();
    keyring.dropExpired();
  });
  if (!isToGoOn()) return;
  await attempt(duties, async () => {
    for (const duty of await dutiesOf(duties)) await carryOut(duties, duty, isToGoOn, signal);
  });
  for (const piece of ledger.upkeep) await attempt(duties, () => inPieces(isToGoOn, () => piece.run()));
}

/** What fails is reported and tried again with the next round; the others go on. */
async function attempt({ log }: Duties, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error({ err: error }, "a duty failed; it is tried again in a minute");
  }
}

/** A bounded piece at a time until one says that nothing is left; another node may have the lease by the next one. */
async function inPieces(isToGoOn: () => boolean, run: () => Promise<boolean>): Promise<void> {
  for (let piece = 0; piece < MAX_PIECES && isToGoOn(); piece++) if (await run()) return;
}

async function dutiesOf({ keyring, reads, systemTenant: tenant, further = [] }: Duties): Promise<readonly Duty[]> {
  const sweep = keySweep(keyring);
  const live = [...(await loadTenants(reads())).byId.values()].filter(({ state }) => state !== "deleted");
  return [
    { operation: tokenSweep, tenant, isDue: (now) => isTokenSweepDue(reads(), now) },
    { operation: idempotencySweep, tenant, isDue: (now) => isIdempotencySweepDue(reads(), now) },
    ...live.map(({ id }) => ({ operation: sweep, tenant: id, isDue: () => isSweepDue(reads(), id) })),
    ...further,
  ];
}

/** Nothing due leaves no entry. */
async function carryOut(
  { gate, actor }: Duties,
  { operation, tenant, isDue }: Duty,
  isToGoOn: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  const principal: Principal = { actor, tenant, kind: "internal", credential: "internal" };
  await inPieces(isToGoOn, async () => {
    if (!(await isDue(Date.now()))) return true;
    const answer = await gate.perform(dutyCall(operation, principal, signal));
    return !answer.ok || (answer.plan.output as { readonly isDone: boolean }).isDone;
  });
}
