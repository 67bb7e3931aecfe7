import type { Submission } from "../submission.ts";
import { describe, expect, test } from "vitest";
import type { Committer } from "../storage.ts";
import { bench, things } from "./gate.fixture.ts";
import { LateLedger } from "./late-ledger.fixture.ts";
import { PlanReads } from "./reads.ts";
import { Turns } from "./turns.ts";

/** Somebody whose plan is queued. */
const owner = {} as Submission;

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
    const written = readsWith({ stands: { row, rev: 6 }, owner });
    expect(written.pending(things, { id: "a" })).toEqual({ row, rev: 6, seq: 9 });
    expect(written.after).toEqual([owner]);
    expect(readsWith({ stands: null, owner }).pending(things, { id: "a" })).toBeUndefined();
    expect(readsWith(undefined).after).toEqual([]);
  });
});

describe("a row of a storage that answers later", () => {
  const caller = { signal: new AbortController().signal };
  const key = { id: "a" };

  function lateReads(pending: (answered: boolean) => ReturnType<Committer["pending"]>, turns?: Turns) {
    const storage = new LateLedger();
    storage.stored.store(things, { id: "a", value: 1 }, 5);
    let isAnswered = false;
    storage.beforeAnswering = () => {
      isAnswered = true;
    };
    const committer = { pending: () => pending(isAnswered), position: 9 } as unknown as Committer;
    const reads = new PlanReads(bench().cache, storage, committer, turns, turns === undefined ? undefined : caller);
    return { reads, storage };
  }

  test("is what was stored when nothing was queued meanwhile, with turns or without", async () => {
    for (const turns of [undefined, new Turns()]) {
      const { reads } = lateReads(() => undefined, turns);
      expect(await reads.pending(things, key)).toMatchObject({ row: { value: 1 }, rev: 5 });
      expect(await reads.pending(things, key)).toMatchObject({ row: { value: 1 }, rev: 5 });
      reads.giveBack();
      expect(turns?.size ?? 0).toBe(0);
    }
  });

  test("is what was queued while it was on its way", async () => {
    const row = { id: "a", value: 2 };
    const written = lateReads((isAnswered) => (isAnswered ? { stands: { row, rev: 6 }, owner } : undefined));
    expect(await written.reads.pending(things, key)).toEqual({ row, rev: 6, seq: 9 });
    const deleted = lateReads((isAnswered) => (isAnswered ? { stands: null, owner } : undefined));
    expect(await deleted.reads.pending(things, key)).toBeUndefined();
  });

  test("is not asked for when it is queued by the time the turn has come", async () => {
    const turns = new Turns();
    turns.areNeeded = true;
    const row = { id: "a", value: 2 };
    const written = lateReads(() => ({ stands: { row, rev: 6 }, owner }), turns);
    expect(await written.reads.pending(things, key)).toEqual({ row, rev: 6, seq: 9 });
    written.reads.giveBack();
    const deleted = lateReads(() => ({ stands: null, owner }), turns);
    expect(await deleted.reads.pending(things, key)).toBeUndefined();
    expect(written.storage.readsOfRows + deleted.storage.readsOfRows).toBe(0);
    expect(turns.size).toBe(1);
    deleted.reads.giveBack();
    expect(turns.size).toBe(0);
  });

  test("that cannot be read is refused as the storage says, and its turn goes to the next", async () => {
    const turns = new Turns();
    const { reads, storage } = lateReads(() => undefined, turns);
    storage.beforeAnswering = () => {
      throw new Error("gone");
    };
    await expect(reads.pending(things, key)).rejects.toThrow("gone");
    reads.giveBack();
    expect(turns.size).toBe(0);
  });
});
