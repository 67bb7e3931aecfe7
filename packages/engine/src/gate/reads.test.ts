import { describe, expect, test } from "vitest";
import type { Committer } from "../storage.ts";
import { bench, things } from "./gate.fixture.ts";
import { PlanReads } from "./reads.ts";

function readsWith(pending: ReturnType<Committer["pending"]>) {
  const { ledger, cache } = bench();
  ledger.store(things, { id: "a", value: 1 }, 5);
  ledger.write();
  const committer = { pending: () => pending, position: 9 } as unknown as Committer;
  return new PlanReads(cache, ledger, committer);
}

describe("the reads of a plan", () => {
  test("name each footprint once, cached or only touched", async () => {
    const reads = readsWith(undefined);
    expect(await reads.cached("k", async () => 1)).toBe(1);
    expect(reads.cached("k", () => 2)).toBe(1);
    reads.touch("t");
    reads.touch("k");
    expect(reads.keys).toEqual(["k", "t"]);
  });

  test("of rows add no footprint", () => {
    const reads = readsWith(undefined);
    expect(reads.row(things, { id: "a" })).toMatchObject({ row: { value: 1 }, rev: 5 });
    expect(reads.rows(things, "SELECT …", [])).toHaveLength(1);
    expect(reads.pending(things, { id: "a" })).toMatchObject({ rev: 5 });
    expect(reads.keys).toEqual([]);
  });

  test("see a row as the queue will leave it", () => {
    const row = { id: "a", value: 2 };
    expect(readsWith({ row, rev: 6 }).pending(things, { id: "a" })).toEqual({ row, rev: 6, seq: 9 });
    expect(readsWith(null).pending(things, { id: "a" })).toBeUndefined();
  });
});
