import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Refusal } from "../errors.ts";
import type { Run } from "../operation.ts";
import type { GateDependencies } from "./dependencies.ts";
import { alice, bench, callTo, operationOf, put, things } from "./gate.fixture.ts";
import { LateLedger } from "./late-ledger.fixture.ts";
import { RateLimiter } from "./rate-limit.ts";

function lateBench(changes: Partial<GateDependencies> = {}) {
  const ledger = new LateLedger();
  return { ...bench({ committer: ledger, storage: ledger, ...changes }), late: ledger };
}

/** A blind write: plans on the rows as the queue will leave them, one after the other, and then reads something else. */
const writing =
  (...ids: readonly string[]): Run =>
  async ({ reads }) => {
    const changes = [];
    for (const id of ids) {
      const stored = await reads.pending(things, { id });
      changes.push(put(id, ((stored?.row["value"] as number | undefined) ?? 0) + 1, stored?.rev ?? 0));
    }
    await reads.row(things, { id: "elsewhere" });
    return { output: 1, changes };
  };

const replansIn = (metered: readonly (readonly unknown[])[]): number =>
  metered.filter(([name]) => name === "replanned").length;

/** Lets a second pass whenever nothing else goes on. */
async function withTime<T>(work: Promise<T>): Promise<T> {
  let isOver = false;
  void work.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (let turn = 0; turn < 20; turn++) await setImmediate();
    vi.advanceTimersByTime(1_000);
  }
  return work;
}

afterEach(() => {
  vi.useRealTimers();
});

describe("plans on one row of a storage that answers later", () => {
  test("are made one after the other: fifty blind writes all succeed, and none is planned twice", async () => {
    const { gate, late, metered } = lateBench();
    const operation = operationOf(writing("a"));
    const answers = await Promise.all(Array.from({ length: 50 }, () => gate.perform(callTo(operation))));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(50);
    expect(replansIn(metered)).toBe(0);
    expect(late.stored.row(things, { id: "a" })).toMatchObject({ row: { value: 50 }, rev: 50 });
  });

  test("are made on what is queued, without asking the storage for the row again", async () => {
    const { gate, late } = lateBench();
    const operation = operationOf(async ({ reads }) => {
      const stored = await reads.pending(things, { id: "a" });
      return { output: 1, changes: [put("a", 1, stored?.rev ?? 0)] };
    });
    await Promise.all(Array.from({ length: 50 }, () => gate.perform(callTo(operation))));
    expect(late.readsOfRows).toBeLessThan(5);
  });

  test("of which each spends a use of one token spend as many as there were calls", async () => {
    const { gate, late, metered } = lateBench({
      identify: async (_credential, reads) => {
        const uses = await reads.pending(things, { id: "uses" });
        return { principal: alice, changes: [put("uses", (uses!.row["value"] as number) - 1, uses!.rev)] };
      },
    });
    late.stored.store(things, { id: "uses", value: 100 });
    const operation = operationOf(writing("a"));
    await Promise.all(Array.from({ length: 20 }, () => gate.perform(callTo(operation))));
    expect(late.stored.row(things, { id: "uses" })).toMatchObject({ row: { value: 80 } });
    expect(replansIn(metered)).toBe(0);
  });

  test("that take several turns in different orders all come to an end", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { gate, late } = lateBench();
    const [forth, back] = [operationOf(writing("a", "b")), operationOf(writing("b", "a"))];
    const calls = [forth, back].map((operation) => gate.perform(callTo(operation)));
    const answers = await withTime(Promise.all(calls));
    expect(answers.map(({ ok }) => ok)).toEqual([true, true]);
    expect(late.stored.row(things, { id: "a" })).toMatchObject({ rev: 2 });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a turn", () => {
  const throwing = (error: Error): Run => {
    const run = writing("a");
    return async (context, input) => {
      await run(context, input);
      throw error;
    };
  };
  /** The second call is the first of those that meet at one row. */
  const failsSecond = <T>(fail: () => T, otherwise: () => T) => {
    let calls = 0;
    return () => (++calls === 2 ? fail() : otherwise());
  };
  const { payloadKeyOf } = bench().dependencies;
  const key = () => payloadKeyOf({ tenant: "", actor: "" }, 0, undefined as never);
  const failing = (): never => {
    throw new Refusal("storage_failed", "Gone.");
  };
  const spending: GateDependencies["identify"] = async (_credential, reads) => {
    await reads.pending(things, { id: "a" });
    return { principal: alice };
  };
  const spent = new RateLimiter({ perSecond: 0.001, burst: 1 });
  spent.take(alice.actor, 1_000);

  const ends: readonly (readonly [string, Partial<GateDependencies>, Run])[] = [
    ["is refused", {}, throwing(new Refusal("not_found", "No."))],
    ["fails unexpectedly", {}, throwing(new TypeError("oh"))],
    ["is rate-limited", { identify: spending, limits: { address: undefined, actor: spent } }, writing("a")],
    ["is denied", { identify: spending, authorize: () => ({ allowed: false, reason: "no" }) }, writing("a")],
    ["cannot be recorded", { payloadKeyOf: failsSecond(failing, key) }, writing("a")],
    ["cannot be hashed", { hashRow: failing }, writing("a")],
  ];
  test.each(ends)("is given back by an attempt that %s", async (_end, dependencies, run) => {
    // Time stands still: whoever waited for a turn that nobody gives back would wait for ever.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { gate } = lateBench(dependencies);
    await gate.perform(callTo(operationOf(writing("b"))));
    await Promise.all([gate.perform(callTo(operationOf(run))), gate.perform(callTo(operationOf(writing("a"))))]);
    expect(await gate.perform(callTo(operationOf(writing("a"))))).toBeDefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("is given back even when a limiter breaks its word and rejects", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const broken = { take: () => Promise.reject(new Error("no word")) };
    const { gate } = lateBench({
      identify: async (credential, reads) => {
        await reads.pending(things, { id: "a" });
        if (credential.kind !== "token") throw new Refusal("unauthenticated", "No.");
        return { principal: alice };
      },
      limits: { address: undefined, actor: undefined, stranger: broken },
    });
    const operation = operationOf(writing("a"));
    const stranger = gate.perform(callTo(operation, { credential: { kind: "none" } }));
    const [refused, known] = await Promise.allSettled([stranger, gate.perform(callTo(operation))]);
    expect(refused).toMatchObject({ status: "rejected" });
    expect(known).toMatchObject({ status: "fulfilled", value: { ok: true } });
  });

  test("that was waited for by something the plan no longer needs is not kept by it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { gate } = lateBench();
    const stray: Run = async ({ reads }) => {
      void reads.pending(things, { id: "a" });
      return { output: 1 };
    };
    const operations = [writing("a"), stray, writing("a")].map((run) => operationOf(run));
    const answers = await Promise.all(operations.map((operation) => gate.perform(callTo(operation))));
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
