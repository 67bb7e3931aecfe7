import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  defaultPartPolicy,
  partAtRest,
  type PartEvent,
  type PartPolicy,
  type PartState,
  restartDelayMs,
  stepPart,
} from "./part-state.ts";
import { reportPart } from "./part-report.ts";

const policy: PartPolicy = { deadlineMs: 300, graceMs: 50, firstDelayMs: 100, maxDelayMs: 800, stableMs: 1_000 };

/** Runs events through the machine and keeps what was done at which time. */
function run(events: readonly PartEvent[]): { readonly state: PartState; readonly actions: readonly string[] } {
  let state = partAtRest;
  const actions: string[] = [];
  for (const event of events) {
    const step = stepPart(state, event, policy);
    state = step.state;
    if (step.action !== undefined) actions.push(`${event.at} ${step.action}`);
  }
  return { state, actions };
}

const open = { type: "open", at: 0 } as const;
const tick = (at: number, lateMs = 0) => ({ type: "tick", at, lateMs }) as const;
const beat = (at: number) => ({ type: "beat", at }) as const;
const ended = (at: number, chance = 0.5) => ({ type: "ended", at, reason: "it failed", chance }) as const;
const close = (at: number) => ({ type: "close", at }) as const;

describe("a part under supervision", () => {
  it("runs on while it gives signs of life", () => {
    const { actions } = run([open, beat(200), tick(400), beat(450), tick(700), tick(750)]);
    expect(actions).toEqual(["0 start"]);
  });

  it("is stopped when it gives none, and started again after it ended and a pause", () => {
    const { actions, state } = run([open, tick(300), tick(301), ended(310), tick(384), tick(385)]);
    expect(actions).toEqual(["0 start", "301 stop", "385 start"]);
    expect(state).toMatchObject({ restarts: 1, failures: 1 });
  });

  it("is stuck when it does not end, and nothing is started beside it", () => {
    const { actions, state } = run([open, tick(301), tick(352), tick(10_000), beat(10_001)]);
    expect(actions).toEqual(["0 start", "301 stop"]);
    expect(reportPart("rules", state, 10_001)).toMatchObject({ state: "stuck", reason: "it gave no sign of life" });
    expect(run([open, tick(301), tick(352), ended(10_000), tick(10_100)]).actions).toContain("10100 start");
  });

  it("is not blamed for the time in which nobody looked", () => {
    expect(run([open, tick(5_000, 4_900)]).actions).toEqual(["0 start"]);
    expect(run([open, tick(5_000, 4_900), tick(5_201)]).actions).toEqual(["0 start", "5201 stop"]);
    const { state } = run([open, tick(301), tick(5_000, 4_680)]);
    expect(reportPart("rules", state, 5_000).state).toBe("stopping");
  });

  it("waits longer from failure to failure, and begins anew after it was stable", () => {
    const delays: number[] = [];
    let [state, at] = [stepPart(partAtRest, open, policy).state, 0];
    const fail = (afterMs: number): void => {
      state = stepPart(state, ended(at + afterMs, 0.999), policy).state;
      const until = state.phase.kind === "waiting" ? state.phase.until : Number.NaN;
      delays.push(Math.round(until - at - afterMs));
      at = Math.ceil(until);
      state = stepPart(state, tick(at), policy).state;
    };
    for (let count = 0; count < 6; count++) fail(10);
    fail(1_000);
    fail(10);
    expect(delays).toEqual([100, 200, 400, 800, 800, 800, 100, 200]);
  });

  it("reports that it is failing, until it ran stably", () => {
    const events: PartEvent[] = [open];
    for (let at = 10; at < 40; at += 10) events.push(ended(at, 0), tick(at + 1), tick(at + 1_000_000));
    const failing = run([open, ended(1), tick(200), ended(201), tick(900), ended(901), tick(2_000)]);
    expect(reportPart("rules", failing.state, 2_000)).toMatchObject({ state: "running", isFailing: true });
    const { state } = stepPart(failing.state, beat(2_900), policy);
    expect(reportPart("rules", stepPart(state, tick(3_000), policy).state, 3_000).isFailing).toBe(false);
  });

  it("is stopped for good when the process stops, wherever it is", () => {
    expect(run([open, close(10), ended(20), tick(10_000), open])).toMatchObject({
      actions: ["0 start", "10 stop"],
      state: { phase: { kind: "off" } },
    });
    expect(run([open, ended(10), close(20), tick(10_000)]).actions).toEqual(["0 start"]);
    expect(run([open, tick(301), close(302), ended(310), tick(10_000)]).actions).toEqual(["0 start", "301 stop"]);
    expect(run([close(0), open]).actions).toEqual([]);
  });

  it("says when it is started next", () => {
    const { state } = run([open, ended(10, 0)]);
    expect(reportPart("rules", state, 20)).toEqual({
      name: "rules",
      state: "waiting",
      reason: "it failed",
      restarts: 0,
      isFailing: false,
      nextStartInMs: 40,
    });
    expect(reportPart("rules", state, 90).nextStartInMs).toBe(0);
  });
});

describe("the pause before a restart", () => {
  it("lies between half and all of the doubled delay, and never above the cap", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, chance) => {
          const delay = restartDelayMs(failures, chance, defaultPartPolicy);
          const full = failures > 20 ? 60_000 : Math.min(1_000 * 2 ** (failures - 1), 60_000);
          expect(delay).toBeGreaterThanOrEqual(full / 2);
          expect(delay).toBeLessThanOrEqual(full);
        },
      ),
    );
  });
});

/** What a patient reader of the log would say: plain facts instead of phases. */
interface Facts {
  isAlive: boolean;
  wasToldToStop: boolean;
  isClosed: boolean;
  /** Last sign of life, or moment at which nobody could be blamed. */
  seenAt: number;
  startedAt: number;
  failures: number;
  notBefore: number;
}

describe("the supervision of a part", () => {
  const event = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant("tick" as const), after: fc.nat(400), late: fc.nat(100) }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant("beat" as const), after: fc.nat(200) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant("ended" as const),
        after: fc.nat(1_200),
        chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constantFrom("open" as const, "close" as const), after: fc.nat(50) }),
    },
  );

  it("agrees with the plain facts, whatever happens in whatever order", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (script) => {
        const facts: Facts = {
          isAlive: false,
          wasToldToStop: false,
          isClosed: false,
          seenAt: 0,
          startedAt: 0,
          failures: 0,
          notBefore: Number.POSITIVE_INFINITY,
        };
        let [state, at, hasOpened] = [partAtRest, 0, false];
        for (const told of script) {
          at += told.after;
          const event: PartEvent =
            told.type === "tick"
              ? { type: "tick", at, lateMs: Math.min(told.late, told.after) }
              : told.type === "ended"
                ? { type: "ended", at, reason: "x", chance: told.chance }
                : { type: told.type, at };
          // Only what runs can end or give signs of life.
          if ((event.type === "ended" || event.type === "beat") && !facts.isAlive) continue;
          const { state: next, action } = stepPart(state, event, policy);
          state = next;
          expect(action).toBe(expectedAction(facts, event, hasOpened));
          hasOpened ||= event.type === "open";
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Brings the facts up to date, and says what has to be done. */
function expectedAction(facts: Facts, event: PartEvent, hasOpened: boolean): string | undefined {
  switch (event.type) {
    case "open":
      if (hasOpened || facts.isClosed) return undefined;
      return begin(facts, event.at);
    case "beat":
      facts.seenAt = event.at;
      return undefined;
    case "close": {
      const hasToStop = facts.isAlive && !facts.wasToldToStop;
      facts.isClosed = true;
      facts.wasToldToStop ||= hasToStop;
      return hasToStop ? "stop" : undefined;
    }
    case "ended": {
      const ranWell = !facts.wasToldToStop && event.at - facts.startedAt >= policy.stableMs;
      facts.failures = ranWell ? 1 : facts.failures + 1;
      facts.notBefore = event.at + restartDelayMs(facts.failures, event.chance, policy);
      facts.isAlive = false;
      return undefined;
    }
    case "tick": {
      if (!facts.isAlive) {
        return facts.isClosed || event.at < facts.notBefore ? undefined : begin(facts, event.at);
      }
      if (facts.wasToldToStop) return undefined;
      facts.seenAt = Math.min(facts.seenAt + event.lateMs, event.at);
      if (event.at - facts.seenAt > policy.deadlineMs) {
        facts.wasToldToStop = true;
        return "stop";
      }
      if (event.at - facts.startedAt >= policy.stableMs) facts.failures = 0;
      return undefined;
    }
  }
}

function begin(facts: Facts, at: number): string {
  facts.isAlive = true;
  facts.wasToldToStop = false;
  facts.seenAt = at;
  facts.startedAt = at;
  return "start";
}
