import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conditionCovers } from "./condition.ts";
import type { Grant } from "./grant.ts";
import { Holdings } from "./holdings.ts";
import { covers, formatPermission, type Permission } from "./permission.ts";
import { sampleGrants, samplePermission } from "./samples.fixture.ts";

/** The same as one would tell it: each permission against each other. */
function excessByReading(held: readonly Grant[], wanted: Omit<Grant, "role">): readonly Permission[] {
  const wide = held.filter((grant) =>
    grant.conditions.every((own) => wanted.conditions.some((narrow) => conditionCovers(own, narrow))),
  );
  return wanted.permissions.filter(
    (permission) => !wide.some((grant) => grant.permissions.some((own) => covers(own, permission))),
  );
}

describe("what an actor holds", () => {
  test("is judged as by reading every permission of it", () => {
    fc.assert(
      fc.property(sampleGrants, fc.array(samplePermission), sampleGrants, (held, permissions, others) => {
        const holdings = new Holdings(held);
        for (const wanted of [{ permissions, conditions: [] }, ...others]) {
          expect(holdings.excessOf(wanted)).toEqual(excessByReading(held, wanted));
        }
      }),
    );
  });

  test("never takes a literal for a wildcard, or * for **", () => {
    const holding = (pattern: string) =>
      new Holdings([{ role: "r", permissions: [{ resource: "secret", pattern, action: "read" }], conditions: [] }]);
    const excess = (held: string, pattern: string) =>
      holding(held)
        .excessOf({ permissions: [{ resource: "secret", pattern, action: "read" }], conditions: [] })
        .map(formatPermission);
    expect(excess("a/*", "a/**")).toEqual(["secret:a/**:read"]);
    expect(excess("a/b", "a/*")).toEqual(["secret:a/*:read"]);
    expect(excess("*", "")).toEqual(["secret::read"]);
    expect(excess("**", "")).toEqual([]);
    expect(excess("a/**", "a")).toEqual([]);
  });

  // A role of a thousand permissions against sixty-four of them took nine minutes, in which nobody was answered.
  test("costs what is asked for, not what is held", () => {
    const role = (name: string): Grant => ({
      role: name,
      permissions: Array.from({ length: 1000 }, (_, index) => ({
        resource: "secret",
        pattern: `${name}/team/very/deep/k${index}`,
        action: "read",
      })),
      conditions: [],
    });
    const held = Array.from({ length: 64 }, (_, index) => role(`role-${index}`));
    const holdings = new Holdings(held);
    const startedAt = performance.now();
    for (const each of held) expect(holdings.excessOf(each)).toHaveLength(0);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
