import fc from "fast-check";
import { expect, it } from "vitest";
import { checkLinearizability, type Operation, type Register } from "./check.ts";

const read = (calledAt: number, answeredAt: number, version: number, value?: string): Operation => ({
  kind: "read",
  calledAt,
  answeredAt,
  found: { version, value },
});
const write = (
  calledAt: number,
  answeredAt: number,
  expected: number,
  value: string,
  outcome: "done" | "conflict" | "unknown" = "done",
): Operation => ({ kind: "write", calledAt, answeredAt, expect: expected, value, outcome });

const isLinearizable = (...history: readonly Operation[]): boolean => checkLinearizability(history).isLinearizable;

it("explains operations that overlap in whichever order fits", () => {
  expect(isLinearizable(write(0, 10, 0, "a"), read(1, 9, 0), read(2, 8, 1, "a"))).toBe(true);
  expect(isLinearizable(write(0, 10, 0, "a"), write(0, 10, 1, "b"), read(11, 12, 2, "b"))).toBe(true);
});

it("finds a read that is behind a write that had been answered", () => {
  expect(isLinearizable(write(0, 1, 0, "a"), read(2, 3, 0))).toBe(false);
});

it("finds a lost write, a write done twice and a conflict without a cause", () => {
  expect(isLinearizable(write(0, 1, 0, "a"), write(2, 3, 0, "b"))).toBe(false);
  expect(isLinearizable(write(0, 1, 0, "a"), read(2, 3, 2, "a"))).toBe(false);
  expect(isLinearizable(write(0, 1, 0, "a", "conflict"))).toBe(false);
});

it("finds two reads that see a write appear and go again", () => {
  expect(isLinearizable(write(0, 100, 0, "a", "unknown"), read(1, 2, 1, "a"), read(3, 4, 0))).toBe(false);
});

it("lets an operation of unknown outcome happen late, or never", () => {
  const lost = write(0, Infinity, 0, "a", "unknown");
  expect(isLinearizable(lost, read(10, 11, 0), read(12, 13, 1, "a"))).toBe(true);
  expect(isLinearizable(lost, read(10, 11, 0), write(12, 13, 0, "b"), read(14, 15, 1, "b"))).toBe(true);
});

it("says how far an explanation goes, and at what it ends", () => {
  const stuck = read(4, 5, 7, "x");
  expect(checkLinearizability([write(0, 1, 0, "a"), read(2, 3, 1, "a"), stuck])).toMatchObject({
    isLinearizable: false,
    explained: 2,
    stuckAt: [stuck],
  });
});

/** Histories as a correct register makes them: each operation happens at a moment inside its interval. */
const steps = fc.array(
  fc.record({ isRead: fc.boolean(), expect: fc.nat(3), before: fc.nat(5), behind: fc.nat(5), isLost: fc.boolean() }),
  {
    maxLength: 40,
  },
);

function historyOf(
  drafts: readonly { isRead: boolean; expect: number; before: number; behind: number; isLost: boolean }[],
): Operation[] {
  let register: Register = { version: 0, value: undefined };
  return drafts.map((draft, at): Operation => {
    const calledAt = at * 2 - draft.before;
    const answeredAt = at * 2 + draft.behind;
    if (draft.isRead) return { kind: "read", calledAt, answeredAt, found: register };
    const expected = Math.max(0, register.version - draft.expect + 1);
    const fits = expected === register.version;
    if (fits) register = { version: register.version + 1, value: `v${at}` };
    const outcome = draft.isLost ? "unknown" : fits ? "done" : "conflict";
    return {
      kind: "write",
      calledAt,
      answeredAt: draft.isLost ? Infinity : answeredAt,
      expect: expected,
      value: `v${at}`,
      outcome,
    };
  });
}

it("accepts every history of a register that is one", () => {
  fc.assert(fc.property(steps, (drafts) => checkLinearizability(historyOf(drafts)).isLinearizable));
});

it("refuses every history in which a read found what was never written", () => {
  fc.assert(
    fc.property(steps, fc.nat(39), (drafts, at) => {
      const history = historyOf(drafts);
      const last = Math.max(0, ...history.map(({ answeredAt }) => (answeredAt === Infinity ? 0 : answeredAt)));
      history.splice(at, 0, read(last + 1, last + 2, 99, "never"));
      return !checkLinearizability(history).isLinearizable;
    }),
  );
});
