import fc from "fast-check";
import { expect, test } from "vitest";
import { addressed, OutboxStand } from "./outbox.fixture.ts";
import type { Outcome } from "./settle.ts";

type Step =
  | { readonly kind: "enqueue"; readonly key: number; readonly severity: "low" | "high" | "critical" }
  | { readonly kind: "replay" }
  | { readonly kind: "claim" }
  | { readonly kind: "settle"; readonly outcome: "sent" | "again" | "dead" | "untried" }
  | { readonly kind: "restart" }
  | { readonly kind: "retry" }
  | { readonly kind: "wait"; readonly ms: number };

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("enqueue" as const),
        key: fc.nat(2),
        severity: fc.constantFrom("low", "high", "critical"),
      }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("claim" as const) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("settle" as const),
        outcome: fc.constantFrom("sent", "again", "dead", "untried"),
      }),
    },
    fc.record({ kind: fc.constantFrom("replay" as const, "restart" as const, "retry" as const) }),
    fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1_000, 30_000, 90_000) }),
  ) as fc.Arbitrary<Step>,
  { maxLength: 60 },
);

test("whatever happens, each notification is told, waits, or is a dead letter: counted once, and never forgotten", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const stand = new OutboxStand();
      const taken = new Map<number, number>();
      const sentIds: string[] = [];
      let told = 0;
      let came = 0;
      const ids: string[] = [];
      for (const step of all) run(step);
      expect(told + waiting()).toBe(came);
      expect(new Set(sentIds).size).toBe(sentIds.length);

      function run(step: Step): void {
        switch (step.kind) {
          case "enqueue": {
            const id = `al_${came}`;
            stand.outbox.enqueue([addressed({ id, dedupKey: `k${step.key}`, severity: step.severity }, "a")], came);
            came += 1;
            ids.push(id);
            return;
          }
          case "replay":
            stand.outbox.enqueue(ids.map((id) => addressed({ id, dedupKey: "k0" }, "a")));
            return;
          case "claim": {
            const claimed = stand.take();
            if (claimed !== undefined) taken.set(claimed.delivery, claimed.count);
            return;
          }
          case "settle": {
            const [first] = taken;
            if (first === undefined) return;
            const [delivery, count] = first;
            taken.delete(delivery);
            stand.outbox.settle("a", [{ id: delivery, outcome: outcomes(stand.now)[step.outcome] }]);
            if (step.outcome === "sent") {
              told += count;
              sentIds.push(String(delivery));
            }
            return;
          }
          case "restart":
            stand.reopen();
            taken.clear();
            return;
          case "retry":
            stand.outbox.retryDead("all", ["a"]);
            return;
          case "wait":
            stand.now += step.ms;
        }
      }

      /** All that is still there, by its counts. */
      function waiting(): number {
        stand.reopen();
        stand.now += 10_000_000;
        const dead = stand.outbox.deadLetters({ limit: 500 }).letters;
        const queued = stand.outbox.claim({ sink: "a", severities: ["low", "high", "critical"], most: 1_000 });
        return [...dead, ...queued].reduce((sum, { notification }) => sum + (notification?.count ?? 0), 0);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

const outcomes = (now: number): Readonly<Record<"sent" | "again" | "dead" | "untried", Outcome>> => ({
  sent: { kind: "sent" },
  again: { kind: "again", at: now + 1_000, code: "http_failed" },
  dead: { kind: "dead", reason: "attempts_exhausted", code: "http_failed" },
  untried: { kind: "untried" },
});
