/** How long a part may be silent, how long it may take to stop, and how restarts are spaced. */
export interface PartPolicy {
  readonly deadlineMs: number;
  /** From the request to stop until the part counts as stuck. */
  readonly graceMs: number;
  readonly firstDelayMs: number;
  /** Factor 2 between delays, up to here. */
  readonly maxDelayMs: number;
  /** A part that ran so long starts from the first delay again. */
  readonly stableMs: number;
}

/** Defaults that suit collectors, which beat at every tick. */
export const defaultPartPolicy: PartPolicy = {
  deadlineMs: 30_000,
  graceMs: 5_000,
  firstDelayMs: 1_000,
  maxDelayMs: 60_000,
  stableMs: 60_000,
};

/** Where a part is. Times are milliseconds of one clock that never jumps. */
export type PartPhase =
  | { readonly kind: "running"; readonly since: number; readonly beatAt: number }
  /** It was told to stop and has not ended: nothing is started beside it. */
  | { readonly kind: "stopping"; readonly since: number; readonly reason: string; readonly isStuck: boolean }
  | { readonly kind: "waiting"; readonly until: number; readonly reason: string }
  | { readonly kind: "off" };

export interface PartState {
  readonly phase: PartPhase;
  /** Failures in a row, which space the restarts. */
  readonly failures: number;
  readonly restarts: number;
  /** No more starts: the process is shutting down. */
  readonly isClosing: boolean;
}

/** What happens to a part. `chance` is in [0, 1); it spreads the restarts of many (ATTACKS 45). */
export type PartEvent =
  | { readonly type: "open"; readonly at: number }
  | { readonly type: "beat"; readonly at: number }
  | { readonly type: "ended"; readonly at: number; readonly reason: string; readonly chance: number }
  /** `lateMs`: how much later than planned it is looked, because the whole process stood still; no part is to blame. */
  | { readonly type: "tick"; readonly at: number; readonly lateMs: number }
  | { readonly type: "close"; readonly at: number };

export type PartAction = "start" | "stop";

export interface PartStep {
  readonly state: PartState;
  readonly action?: PartAction;
}

/** A part before anything happened. */
export const partAtRest: PartState = { phase: { kind: "off" }, failures: 0, restarts: 0, isClosing: false };

/** The next state of a part, and what is to be done. Pure: no clock, no chance of its own. */
export function stepPart(state: PartState, event: PartEvent, policy: PartPolicy): PartStep {
  switch (event.type) {
    case "open":
      return state.phase.kind === "off" && !state.isClosing ? started(state, event.at) : { state };
    case "beat":
      return beaten(state, event.at);
    case "ended":
      return ended(state, event, policy);
    case "tick":
      return looked(state, event, policy);
    case "close":
      return closed(state, event.at);
  }
}

function started(state: PartState, at: number): PartStep {
  return { state: { ...state, phase: { kind: "running", since: at, beatAt: at } }, action: "start" };
}

/** A beat of a part that is being stopped comes too late. */
function beaten(state: PartState, at: number): PartStep {
  const { phase } = state;
  return phase.kind === "running" ? { state: { ...state, phase: { ...phase, beatAt: at } } } : { state };
}

function ended(
  state: PartState,
  { at, reason, chance }: PartEvent & { readonly type: "ended" },
  policy: PartPolicy,
): PartStep {
  const { phase } = state;
  if (phase.kind !== "running" && phase.kind !== "stopping") return { state };
  if (state.isClosing) return { state: { ...state, phase: { kind: "off" } } };
  const wasStable = phase.kind === "running" && at - phase.since >= policy.stableMs;
  const failures = wasStable ? 1 : state.failures + 1;
  const until = at + restartDelayMs(failures, chance, policy);
  const why = phase.kind === "stopping" ? phase.reason : reason;
  return { state: { ...state, failures, phase: { kind: "waiting", until, reason: why } } };
}

/** Doubling up to the cap; the second half of each delay is left to chance. */
export function restartDelayMs(failures: number, chance: number, policy: PartPolicy): number {
  const full = Math.min(policy.firstDelayMs * 2 ** Math.min(failures - 1, 30), policy.maxDelayMs);
  return full / 2 + (full / 2) * chance;
}

function looked(state: PartState, { at, lateMs }: PartEvent & { readonly type: "tick" }, policy: PartPolicy): PartStep {
  const { phase } = state;
  switch (phase.kind) {
    case "running": {
      const beatAt = Math.min(phase.beatAt + lateMs, at);
      if (at - beatAt > policy.deadlineMs) return stopping(state, at, "it gave no sign of life");
      const failures = at - phase.since >= policy.stableMs ? 0 : state.failures;
      return { state: { ...state, failures, phase: { ...phase, beatAt } } };
    }
    case "stopping": {
      const since = Math.min(phase.since + lateMs, at);
      return { state: { ...state, phase: { ...phase, since, isStuck: at - since > policy.graceMs } } };
    }
    case "waiting":
      return at < phase.until ? { state } : started({ ...state, restarts: state.restarts + 1 }, at);
    case "off":
      return { state };
  }
}

function stopping(state: PartState, at: number, reason: string): PartStep {
  return { state: { ...state, phase: { kind: "stopping", since: at, reason, isStuck: false } }, action: "stop" };
}

function closed(state: PartState, at: number): PartStep {
  const closing = { ...state, isClosing: true };
  if (state.phase.kind === "running") return stopping(closing, at, "the process stops");
  if (state.phase.kind === "stopping") return { state: closing };
  return { state: { ...closing, phase: { kind: "off" } } };
}
