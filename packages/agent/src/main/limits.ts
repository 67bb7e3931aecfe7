import type { Limiter } from "@holdfast/engine";
import { type Limits, ownLimits } from "@holdfast/spine";

/** Operations a second of one actor; whoever asks more of an agent than this costs the host more than the agent may. */
const ACTOR = { perSecond: 200, burst: 400 };
const ADDRESS = { perSecond: 800, burst: 1_600 };
/** Refused credentials that leave an entry each. */
const STRANGER = { perSecond: 2, burst: 200 };
/** Address of what the agent does unasked (engine/duty.ts). */
const OWN_ADDRESS = "server";

/** Limits of an agent's socket. */
export interface AgentLimits {
  readonly limits: Limits;
  /** What this actor does is not counted: a storm of findings must be recorded, whatever its size. */
  exempt(actor: string): void;
}

/** Limits that hold for whoever asks, and not for the agent itself. */
export function agentLimits(): AgentLimits {
  const limits = ownLimits({ actor: ACTOR, address: ADDRESS, stranger: STRANGER });
  const exempted = new Set([OWN_ADDRESS]);
  const but = (limiter: Limiter | undefined): Limiter | undefined =>
    limiter && { take: (key, nowMs) => (exempted.has(key) ? UNLIMITED : limiter.take(key, nowMs)) };
  return {
    limits: { ...limits, actor: but(limits.actor), address: but(limits.address) },
    exempt: (actor) => void exempted.add(actor),
  };
}

const UNLIMITED = { allowed: true, remaining: ACTOR.burst, resetSeconds: 0 } as const;
