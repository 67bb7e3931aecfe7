import { describe, expect, test } from "vitest";
import { Refusal, type RefusalCode } from "../errors.ts";
import type { Run } from "../operation.ts";
import type { GateDependencies } from "./dependencies.ts";
import { alice, bench, callTo, json, operationOf, put, things } from "./gate.fixture.ts";
import { LateLedger } from "./late-ledger.fixture.ts";

const done: Run = () => ({ output: 1, changes: [put("a", 1, 0)] });
const unreadable = new Refusal("storage_failed", "The server cannot read its data.", { retryAfterSeconds: 1 });
const later = async (): Promise<never> => {
  await Promise.resolve();
  throw unreadable;
};

describe("a storage that cannot be reached", () => {
  const steps: readonly (readonly [string, Partial<GateDependencies>, Run])[] = [
    ["identify", { identify: later }, done],
    ["fence", { fence: later }, done],
    ["authorize", { authorize: later }, done],
    ["run", {}, later],
  ];
  test.each(steps)(
    "in %s is answered as that, recorded when the ledger can be, and nothing is done",
    async (_step, dependencies, run) => {
      const { gate, ledger } = bench(dependencies);
      const answer = await gate.perform(callTo(operationOf(run)));
      expect(answer).toMatchObject({ ok: false, seq: 0, refusal: unreadable });
      expect(ledger.entries).toMatchObject([{ changes: [], entry: { outcome: "failed", reason: "storage_failed" } }]);
    },
  );

  const recording: readonly (readonly [string, () => never])[] = [
    ["is refused as storage_failed as well", () => refuse("storage_failed")],
    ["is refused because too much waits", () => refuse("overloaded")],
    ["fails in a way that nobody foresaw", () => refuse("internal")],
    [
      "throws",
      () => {
        throw new TypeError("Cannot read properties of undefined");
      },
    ],
  ];
  const refuse = (code: RefusalCode): never => {
    throw new Refusal(code, "Another refusal.");
  };
  test.each(recording)("is what the caller is told of, also when the record %s", async (_how, fail) => {
    for (const [, dependencies, run] of steps) {
      const { gate, ledger } = bench(dependencies);
      ledger.beforeJudging = fail;
      const answer = await gate.perform(callTo(operationOf(run)));
      expect(answer).toMatchObject({ ok: false, seq: undefined, refusal: unreadable });
      expect(ledger.entries).toEqual([]);
    }
  });

  test.each(recording)("is what the caller is told of, also when sealing the record %s", async (_how, fail) => {
    const { gate, ledger } = bench({ payloadKeyOf: fail, identify: later });
    const answer = await gate.perform(callTo(operationOf(done)));
    expect(answer).toMatchObject({ ok: false, seq: undefined, refusal: unreadable });
    expect(ledger.entries).toEqual([]);
  });

  test("when the record is to be sealed refuses the operation, with nothing of it done", async () => {
    const { gate, ledger } = bench({ payloadKeyOf: later });
    const answer = await gate.perform(callTo(operationOf(done)));
    expect(answer).toMatchObject({ ok: false, seq: undefined, refusal: unreadable });
    expect(ledger.row(things, { id: "a" })).toBeUndefined();
  });

  test("keeps nothing of the failure: the next call reads again and succeeds", async () => {
    const ledger = new LateLedger();
    const { gate, cache } = bench({ committer: ledger, storage: ledger });
    const idempotencyKey = "0123456789abcdef";
    const run: Run = async ({ reads }) => {
      await reads.cached("k", async () => (await reads.row(things, { id: "k" }))?.rev);
      const stored = await reads.pending(things, { id: "a" });
      return { output: 1, changes: [put("a", 1, stored?.rev ?? 0)] };
    };
    const perform = () => gate.perform(callTo(operationOf(run), { idempotencyKey, ...json('{"value":1}') }));
    ledger.beforeAnswering = () => {
      throw unreadable;
    };
    expect(await perform()).toMatchObject({ ok: false, seq: 0, refusal: unreadable });
    expect(cache.size).toBe(0);
    ledger.beforeAnswering = () => {};
    expect(await perform()).toMatchObject({ ok: true, seq: 1, plan: { output: 1 } });
    expect(ledger.stored.row(things, { id: "a" })).toMatchObject({ rev: 1 });
  });

  test("is told to operators with the detail that callers are spared", async () => {
    const cause = new Error("connection refused");
    const { gate, log } = bench({
      identify: () => {
        throw new Refusal("storage_failed", "No.", { cause, operatorDetail: "57P01" });
      },
    });
    await gate.perform(callTo(operationOf(done), { requestId: "r7" }));
    expect(log.lines).toMatchObject([{ level: "error", fields: { err: cause, detail: "57P01", requestId: "r7" } }]);
  });
});

describe("who waits for a storage that goes away", () => {
  test("is answered like the one before, and nobody waits for ever", async () => {
    const ledger = new LateLedger();
    const { gate } = bench({ committer: ledger, storage: ledger, identify: () => ({ principal: alice }) });
    ledger.beforeAnswering = () => {
      throw unreadable;
    };
    const run: Run = async ({ reads }) => ({ output: await reads.pending(things, { id: "a" }) });
    const answers = await Promise.all(Array.from({ length: 10 }, () => gate.perform(callTo(operationOf(run)))));
    for (const answer of answers) expect(answer).toMatchObject({ ok: false, refusal: unreadable });
  });
});
