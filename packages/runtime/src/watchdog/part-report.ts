import type { PartState } from "./part-state.ts";

/** Failures in a row from which a part counts as failing, whatever it does between them. */
const FAILING = 3;

/** How a part is, for status, metrics and the log. */
export interface PartReport {
  readonly name: string;
  /** `stuck`: told to stop and still there; only a restart of the process helps. */
  readonly state: "running" | "stopping" | "stuck" | "waiting" | "off";
  /** Why it does not run. */
  readonly reason: string | undefined;
  readonly restarts: number;
  readonly isFailing: boolean;
  readonly nextStartInMs: number | undefined;
}

/** Describes a part's state at a moment of its clock. */
export function reportPart(name: string, { phase, failures, restarts }: PartState, at: number): PartReport {
  return {
    name,
    state: phase.kind === "stopping" && phase.isStuck ? "stuck" : phase.kind,
    reason: "reason" in phase ? phase.reason : undefined,
    restarts,
    isFailing: failures >= FAILING,
    nextStartInMs: phase.kind === "waiting" ? Math.max(phase.until - at, 0) : undefined,
  };
}
