import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Run } from "../operation.ts";
import type { Call } from "./call.ts";
import type { GateDependencies } from "./dependencies.ts";
import { alice, bench, callTo, json, operationOf, put } from "./gate.fixture.ts";
import { idempotencySweep, idempotencyTable, isIdempotencySweepDue } from "./idempotency.ts";
import { PlanReads } from "./reads.ts";

const DAY_MS = 86_400_000;
const key = "0123456789abcdef";

function repeating(run?: Run, changes: Partial<GateDependencies> = {}) {
  let runs = 0;
  const counted: Run = (context, input) => {
    runs++;
    return run?.(context, input) ?? { output: { runs }, status: 201, etag: 1, resource: "thing:nd_1@1" };
  };
  const setting = bench(changes);
  const operation = operationOf(counted);
  const call = (idempotencyKey: string, more: Partial<Call> = {}) =>
    setting.gate.perform(callTo(operation, { idempotencyKey, ...json('{"value":1}'), ...more }));
  return { ...setting, call, runs: () => runs };
}

describe("a mutation under an Idempotency-Key", () => {
  test("is answered the second time as the first, in full", async () => {
    const { call, ledger, runs } = repeating();
    const first = await call(key);
    const second = await call(key);
    expect(first).toMatchObject({ plan: { output: { runs: 1 }, status: 201, etag: 1, resource: "thing:nd_1@1" } });
    expect(second).toMatchObject({ plan: { output: { runs: 1 }, status: 201, etag: 1, resource: "thing:nd_1@1" } });
    expect(runs()).toBe(1);
    expect(ledger.entries).toHaveLength(2);
  });

  test("is refused with another body, query, path or precondition", async () => {
    const { call } = repeating();
    await call(key);
    const others = [json('{"value":2}'), { query: { limit: 1 } }, { params: { key: "c" } }, { precondition: 1 }];
    for (const other of others)
      expect(await call(key, other)).toMatchObject({ refusal: { code: "idempotency_mismatch" } });
  });

  test("is another one for another actor or tenant, or under another key", async () => {
    let actor = alice.actor;
    const { call, runs } = repeating(undefined, { identify: () => ({ principal: { ...alice, actor } }) });
    await call(key);
    await call(`${key}0`);
    await call(key, { tenantNamed: "tn_two" });
    actor = "ac_bob";
    await call(key);
    expect(runs()).toBe(4);
  });

  test("is authorized anew each time", async () => {
    let allowed = true;
    const { call } = repeating(undefined, { authorize: () => ({ allowed, reason: "" }) });
    await call(key);
    allowed = false;
    expect(await call(key)).toMatchObject({ refusal: { code: "forbidden" } });
  });

  test("is carried out again after a day", async () => {
    let now = 0;
    const { call, runs } = repeating(undefined, { clock: () => now });
    await call(key);
    now = DAY_MS - 1;
    await call(key);
    expect(runs()).toBe(1);
    now = DAY_MS;
    await call(key);
    expect(runs()).toBe(2);
  });

  test("is carried out once also when both arrive together", async () => {
    const { call, runs, ledger } = repeating(() => ({ output: 1, changes: [put("a", 1, 0)] }));
    const answers = await Promise.all([call(key), call(key)]);
    expect(answers).toMatchObject([{ ok: true }, { ok: true }]);
    expect(ledger.row({ name: "things", columns: {}, key: ["id"] }, { id: "a" })).toMatchObject({ rev: 1 });
    expect(runs()).toBe(2);
  });

  test("that is refused is not remembered", async () => {
    let fails = true;
    const { call } = repeating(() => {
      if (fails) throw new Error("no");
      return { output: 2 };
    });
    expect(await call(key)).toMatchObject({ ok: false });
    fails = false;
    expect(await call(key)).toMatchObject({ ok: true, plan: { output: 2 } });
  });

  test("keeps numbers of its answer as they were spelled", async () => {
    const raw = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON("9007199254740993");
    const { call } = repeating(() => ({ output: { raw } }));
    await call(key);
    const again = await call(key);
    expect(JSON.stringify(again.ok && again.plan.output)).toBe('{"raw":9007199254740993}');
  });

  test("whose answer holds a credential shows it once, and keeps it nowhere", async () => {
    const { call, ledger, runs } = repeating(() => ({ output: { token: "hft_hunter2" } }));
    expect(await call(key)).toMatchObject({ ok: true, plan: { output: { token: "hft_hunter2" } } });
    expect(await call(key)).toMatchObject({ ok: false, refusal: { code: "conflict" } });
    expect(runs()).toBe(1);
    expect(ledger.rows()[0]?.row["answer"]).toBeNull();
  });

  test("whose stored answer does not open is not carried out again", async () => {
    const { call, dependencies } = repeating();
    await call(key);
    Object.assign(dependencies.idempotency, { open: () => undefined });
    expect(await call(key)).toMatchObject({ ok: false, refusal: { code: "conflict" } });
  });

  test("stores neither the key, nor the input, nor the answer in the clear", async () => {
    const { call, ledger } = repeating(() => ({ output: { key: "hunter2" } }));
    await call("hunter2hunter2hunter2", json('{"value":"hunter2"}'));
    const row = ledger.rows()[0]?.row ?? {};
    expect(Object.keys(row)).toEqual(Object.keys(idempotencyTable.columns));
    const printed = Object.values(row).map((cell) =>
      cell instanceof Uint8Array ? Buffer.from(cell).toString("latin1") : cell,
    );
    expect(JSON.stringify(printed)).not.toContain("hunter2");
  });

  test("must have a key as the contract describes it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 140, unit: "binary-ascii" }), async (text) => {
        const { call } = repeating();
        const isKey = /^[A-Za-z0-9._-]{16,128}$/.test(text);
        expect((await call(text)).ok).toBe(isKey);
      }),
      { numRuns: 30 },
    );
    const { call } = repeating();
    expect(await call(`${key}, ${key}`)).toMatchObject({ refusal: { code: "invalid_input" } });
    expect(await call("k".repeat(129))).toMatchObject({ refusal: { code: "invalid_input" } });
    expect(await call("k".repeat(128))).toMatchObject({ ok: true });
  });
});

describe("answers whose day is over", () => {
  const expired = (count: number) => {
    const setting = bench({ identify: () => ({ principal: { ...alice, kind: "internal" } }) });
    for (let index = 0; index < count; index++) {
      const id = new Uint8Array([index >> 8, index & 0xff]);
      setting.ledger.store(idempotencyTable, { id, fingerprint: id, answer: null, expires_at: 1 }, 3);
    }
    return setting;
  };

  test("are forgotten, and whoever read one of them plans again", async () => {
    const { gate, ledger } = expired(2);
    const answer = await gate.perform(callTo(idempotencySweep, { params: {} }));
    expect(answer).toMatchObject({ ok: true, plan: { output: { removed: 2, isDone: true } } });
    expect(ledger.rows()).toEqual([]);
    expect(ledger.entries[0]?.writes).toEqual(["idempotency:AAA=", "idempotency:AAE="]);
  });

  test("are due only when there are any", async () => {
    for (const count of [0, 1]) {
      const { cache, ledger } = expired(count);
      expect(await isIdempotencySweepDue(new PlanReads(cache, ledger, ledger), 2)).toBe(count > 0);
    }
  });

  test("are not done as long as a whole piece was found", async () => {
    const { gate } = expired(500);
    const answer = await gate.perform(callTo(idempotencySweep, { params: {} }));
    expect(answer).toMatchObject({ ok: true, plan: { output: { removed: 500, isDone: false } } });
  });
});
