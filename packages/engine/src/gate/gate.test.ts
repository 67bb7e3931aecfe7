import { describe, expect, test, vi } from "vitest";
import { Refusal, type RefusalCode } from "../errors.ts";
import type { Run } from "../operation.ts";
import type { Call } from "./call.ts";
import type { GateDependencies, Limiter } from "./dependencies.ts";
import { alice, bench, callTo, json, nobody, operationOf, payloadOf, put, things } from "./gate.fixture.ts";
import { RateLimiter } from "./rate-limit.ts";

const done: Run = () => ({ output: { done: true } });
const refuse =
  (code: RefusalCode): (() => never) =>
  () => {
    throw new Refusal(code, `Refused: ${code}.`);
  };
const later = (limiter: RateLimiter): Limiter => ({ take: async (key, nowMs) => limiter.take(key, nowMs) });
const once = new RateLimiter({ perSecond: 0.001, burst: 1 });
once.take(alice.actor, 1_000);

describe("the named steps", () => {
  test("run in one order: admit, identify, limit, validate, authorize, run, record", async () => {
    const steps: string[] = [];
    const step = (name: string) => steps.push(name);
    class Watched extends RateLimiter {
      override take(key: string, nowMs: number) {
        step(key === alice.actor ? "limit" : "admit");
        return super.take(key, nowMs);
      }
    }
    const limiter = new Watched({ perSecond: 100, burst: 100 });
    const { gate, ledger } = bench({
      identify: () => {
        step("identify");
        return { principal: alice };
      },
      fence: (principal) => {
        step("fence");
        return principal.tenant;
      },
      authorize: () => {
        step("authorize");
        return { allowed: true, reason: "role" };
      },
      limits: { address: limiter, actor: limiter },
    });
    ledger.beforeJudging = () => void step("record");
    const call = callTo(
      operationOf(() => {
        step("run");
        return { output: 1 };
      }),
    );
    Object.defineProperty(call, "fault", { get: () => void step("validate") });
    expect(await gate.perform(call)).toMatchObject({ ok: true, seq: 0 });
    expect(steps.filter((name, at) => steps.indexOf(name) === at)).toEqual([
      "admit",
      "identify",
      "limit",
      "validate",
      "fence",
      "authorize",
      "run",
      "record",
    ]);
  });

  const refusals: readonly (readonly [string, Partial<GateDependencies>, Partial<Call>, Run, RefusalCode, string])[] = [
    ["identify", { identify: refuse("unauthenticated") }, {}, done, "unauthenticated", "denied"],
    ["validate", {}, { fault: new Refusal("malformed_json", "x") }, done, "malformed_json", "failed"],
    ["validate", {}, { query: { unknown: 1 } }, done, "invalid_input", "failed"],
    ["fence", { fence: refuse("forbidden") }, {}, done, "forbidden", "denied"],
    ["authorize", { authorize: () => ({ allowed: false, reason: "no_permission" }) }, {}, done, "forbidden", "denied"],
    ["run", {}, {}, refuse("not_found"), "not_found", "failed"],
    ["run", {}, {}, refuse("version_mismatch"), "version_mismatch", "conflict"],
    ["run", {}, {}, refuse("rate_limited"), "rate_limited", "denied"],
  ];
  test.each(refusals)(
    "refused in %s, a call leaves exactly one entry",
    async (_step, dependencies, call, run, code, outcome) => {
      const { gate, ledger, metered } = bench(dependencies);
      const answer = await gate.perform(callTo(operationOf(run), call));
      expect(answer).toMatchObject({ ok: false, seq: 0, refusal: { code } });
      expect(ledger.entries).toHaveLength(1);
      expect(ledger.entries[0]?.entry).toMatchObject({ action: "thing.put", resource: "thing", outcome, reason: code });
      expect(metered).toContainEqual(["operation", "thing.put", outcome, expect.any(Number)]);
    },
  );

  test("what a step refuses no later step sees", async () => {
    const { gate } = bench({
      identify: refuse("unauthenticated"),
      fence: refuse("internal"),
      authorize: refuse("internal"),
    });
    const fault = new Refusal("invalid_input", "The caller is not told this.");
    const answer = await gate.perform(callTo(operationOf(refuse("internal")), { fault }));
    expect(answer).toMatchObject({ refusal: { code: "unauthenticated" } });
  });

  test("nothing that was planned stays when the operation is refused afterwards", async () => {
    const { gate, ledger } = bench();
    ledger.store(things, { id: "a", value: 1 }, 7);
    const run: Run = () => ({ output: 1, changes: [put("a", 2, 1)] });
    const answer = await gate.perform(callTo(operationOf(run)));
    expect(answer).toMatchObject({ ok: false, refusal: { code: "busy" } });
    expect(ledger.row(things, { id: "a" })).toMatchObject({ row: { value: 1 }, rev: 7 });
  });
});

describe("a stale plan", () => {
  const reading =
    (runs: { count: number }): Run =>
    ({ reads }) => {
      runs.count++;
      reads.touch("policy:tn_one");
      return { output: runs.count };
    };

  test("is made again from identify on, and only the last outcome is recorded", async () => {
    let identified = 0;
    const runs = { count: 0 };
    const { gate, ledger, metered } = bench({
      identify: () => {
        identified++;
        return { principal: alice };
      },
    });
    let disturbances = 3;
    ledger.beforeJudging = () => {
      if (disturbances-- > 0) ledger.write("policy:tn_one");
    };
    const answer = await gate.perform(callTo(operationOf(reading(runs))));
    expect(answer).toMatchObject({ ok: true, plan: { output: 4 } });
    expect(identified).toBe(4);
    expect(ledger.entries.filter(({ entry }) => entry.action === "thing.put")).toHaveLength(1);
    expect(metered.filter(([name]) => name === "replanned")).toHaveLength(3);
  });

  test("is made four times at most; then busy is recorded without a footprint", async () => {
    const runs = { count: 0 };
    const { gate, ledger } = bench({
      identify: (_credential, reads) => {
        reads.touch("credential:tk_alice");
        return { principal: alice, changes: [put("uses", 1, 0)], writes: ["w"] };
      },
      payloadKeyOf: (_subject, _now, reads) => {
        reads.touch("payload-key");
        return bench().dependencies.payloadKeyOf({ tenant: "", actor: "" }, 0, reads);
      },
    });
    ledger.beforeJudging = () => {
      ledger.write("policy:tn_one", "credential:tk_alice", "payload-key");
    };
    const answer = await gate.perform(callTo(operationOf(reading(runs))));
    expect(answer).toMatchObject({ ok: false, refusal: { code: "busy", details: { retryAfterSeconds: 1 } } });
    expect(runs.count).toBe(4);
    const recorded = ledger.entries.filter(({ entry }) => entry.action === "thing.put");
    expect(recorded).toHaveLength(1);
    expect(recorded[0]).toMatchObject({ reads: [], writes: [], changes: [] });
    expect(recorded[0]?.entry).toMatchObject({
      tenant: "tn_one",
      actor: "ac_alice",
      outcome: "conflict",
      reason: "busy",
    });
    expect(payloadOf(recorded[0])["facts"]).toEqual({ path: "a/b" });
  });

  test("is not tried for ever when not even busy can be recorded", async () => {
    const { gate, ledger } = bench({
      payloadKeyOf: () => ({
        changes: [put("key", 1, 9)],
        writes: [],
        seal: (sealed) => ({ commitment: new Uint8Array(32), sealed }),
      }),
    });
    const answer = await gate.perform(callTo(operationOf(done)));
    expect(answer).toMatchObject({ ok: false, seq: undefined, refusal: { code: "busy" } });
    expect(ledger.entries).toHaveLength(0);
  });

  test("whose end cannot be recorded is refused as storage says", async () => {
    const { gate, ledger } = bench();
    let submissions = 0;
    ledger.beforeJudging = () => {
      ledger.write("policy:tn_one");
      if (++submissions > 4) refuse("storage_failed")();
    };
    const answer = await gate.perform(callTo(operationOf(reading({ count: 0 }))));
    expect(answer).toMatchObject({ ok: false, seq: undefined, refusal: { code: "storage_failed" } });
  });

  test("of a credential that was revoked meanwhile is refused the second time (ATTACKS 15)", async () => {
    let isRevoked = false;
    const { gate, ledger } = bench({
      identify: (_credential, reads) => {
        reads.touch("credential:tk_alice");
        if (isRevoked) throw new Refusal("unauthenticated", "No.");
        return { principal: alice };
      },
    });
    ledger.beforeJudging = () => {
      if (!isRevoked) ledger.write("credential:tk_alice");
      isRevoked = true;
    };
    expect(await gate.perform(callTo(operationOf(done)))).toMatchObject({
      ok: false,
      refusal: { code: "unauthenticated" },
    });
    expect(ledger.entries.at(-1)?.entry).toMatchObject({ outcome: "denied", ...nobody });
  });

  test("waits longer each time before it is made again when other nodes write too", async () => {
    const pauses: number[] = [];
    vi.spyOn(Math, "random").mockImplementation(() => {
      pauses.push(pauses.length);
      return 0.001;
    });
    const { gate, ledger } = bench();
    Object.assign(ledger, { isShared: true });
    let disturbances = 3;
    ledger.beforeJudging = () => {
      if (disturbances-- > 0) ledger.write("policy:tn_one");
    };
    const answer = await gate.perform(callTo(operationOf(reading({ count: 0 }))));
    vi.restoreAllMocks();
    expect(answer).toMatchObject({ ok: true });
    expect(pauses).toHaveLength(3);
  });

  test("is counted by the limit once, however often it is made", async () => {
    const actor = new RateLimiter({ perSecond: 0.001, burst: 2 });
    const { gate, ledger } = bench({ limits: { address: undefined, actor } });
    let disturbances = 3;
    ledger.beforeJudging = () => {
      if (disturbances-- > 0) ledger.write("policy:tn_one");
    };
    expect(await gate.perform(callTo(operationOf(reading({ count: 0 }))))).toMatchObject({
      ok: true,
      rate: { allowed: true, remaining: 1 },
    });
  });

  test("is counted once by a limiter that answers later, too", async () => {
    const actor = later(new RateLimiter({ perSecond: 0.001, burst: 2 }));
    const { gate, ledger } = bench({ limits: { address: undefined, actor } });
    let disturbances = 3;
    ledger.beforeJudging = () => {
      if (disturbances-- > 0) ledger.write("policy:tn_one");
    };
    expect(await gate.perform(callTo(operationOf(reading({ count: 0 }))))).toMatchObject({
      ok: true,
      rate: { allowed: true, remaining: 1 },
    });
  });
});

describe("a rate limit", () => {
  test("on an actor refuses without an entry, and a flood leaves one that counts it", async () => {
    const { gate, ledger, metered } = bench({ limits: { address: undefined, actor: once } });
    for (let calls = 0; calls < 50; calls++) {
      const address = `192.0.2.${calls % 2}`;
      const answer = await gate.perform(callTo(operationOf(done), { source: { listener: "http", address } }));
      expect(answer).toMatchObject({ ok: false, seq: undefined, rate: { allowed: false } });
      expect(answer).toMatchObject({ refusal: { code: "rate_limited", details: { retryAfterSeconds: 1_000 } } });
    }
    expect(ledger.entries).toHaveLength(0);
    expect(metered.filter(([name]) => name === "limited")).toHaveLength(50);
    await gate.recordTally();
    expect(ledger.entries.map(({ entry }) => entry)).toEqual([
      {
        tenant: "tn_one",
        actor: "ac_alice",
        action: "gate.rate-limit",
        resource: "gate",
        outcome: "denied",
        reason: "rate_limited",
      },
    ]);
    expect(payloadOf(ledger.entries[0])).toEqual({
      op: "gate.rate-limit",
      from: "many",
      node: "node-1",
      facts: { count: 50, source: "many" },
    });
    await gate.recordTally();
    expect(ledger.entries).toHaveLength(1);
  });

  test("on an address refuses before anyone is identified, by /64 for IPv6", async () => {
    const address = new RateLimiter({ perSecond: 0.001, burst: 1 });
    const { gate, ledger } = bench({ identify: refuse("unauthenticated"), limits: { address, actor: undefined } });
    const from = (text: string) => callTo(operationOf(done), { source: { listener: "http", address: text } });
    expect(await gate.perform(from("2001:db8::1"))).toMatchObject({ refusal: { code: "unauthenticated" } });
    expect(await gate.perform(from("2001:db8::2"))).toMatchObject({ refusal: { code: "rate_limited" } });
    await gate.recordTally();
    expect(ledger.entries[1]?.entry).toMatchObject({ ...nobody, action: "gate.rate-limit" });
    expect(payloadOf(ledger.entries[1])["facts"]).toEqual({ count: 1, source: "2001:db8:0:0::/64" });
  });

  test("on refused credentials leaves an entry for each of the first, and one for the flood behind them", async () => {
    const stranger = new RateLimiter({ perSecond: 0.001, burst: 2 });
    const limits = { address: undefined, actor: undefined, stranger };
    const { gate, ledger } = bench({ identify: refuse("unauthenticated"), limits });
    const codes: (string | undefined)[] = [];
    for (let calls = 0; calls < 20; calls++) {
      const answer = await gate.perform(callTo(operationOf(done)));
      codes.push(answer.ok ? undefined : answer.refusal.code);
    }
    expect(codes.slice(0, 3)).toEqual(["unauthenticated", "unauthenticated", "rate_limited"]);
    expect(ledger.entries).toHaveLength(2);
    await gate.recordTally();
    expect(payloadOf(ledger.entries[2])["facts"]).toMatchObject({ count: 18 });
    const known = bench({ limits });
    expect(await known.gate.perform(callTo(operationOf(done)))).toMatchObject({ ok: true });
  });

  test("that is asked for elsewhere refuses like one that is kept here: address, actor and strangers", async () => {
    const strict = () => later(new RateLimiter({ perSecond: 0.001, burst: 1 }));
    const limitsOf = (limits: Partial<GateDependencies["limits"]>) => ({
      limits: { address: undefined, actor: undefined, ...limits },
    });
    const benches = [
      bench(limitsOf({ address: strict() })),
      bench(limitsOf({ actor: strict() })),
      bench({ ...limitsOf({ stranger: strict() }), identify: refuse("unauthenticated") }),
    ];
    for (const { gate, ledger } of benches) {
      const [first, second] = [
        await gate.perform(callTo(operationOf(done))),
        await gate.perform(callTo(operationOf(done))),
      ];
      expect(first).toMatchObject({ seq: 0 });
      expect(second).toMatchObject({ ok: false, seq: undefined, refusal: { code: "rate_limited" } });
      await gate.recordTally();
      expect(payloadOf(ledger.entries[1])["facts"]).toMatchObject({ count: 1 });
    }
  });

  test("whose tally cannot be recorded now keeps it for the next time", async () => {
    const { gate, ledger, log } = bench({ limits: { address: undefined, actor: once } });
    await gate.perform(callTo(operationOf(done)));
    ledger.beforeJudging = refuse("storage_failed");
    await gate.recordTally();
    expect(log.lines).toMatchObject([{ level: "error", fields: { count: 1 } }]);
    ledger.beforeJudging = () => {};
    await gate.recordTally();
    expect(payloadOf(ledger.entries[0])["facts"]).toMatchObject({ count: 1 });
  });
});

describe("the context", () => {
  test("holds what was found out, and nothing of it from the caller's words", async () => {
    const { gate, log } = bench();
    let signals = 0;
    const call = callTo(operationOf(done), { requestId: "r2" });
    const { signal } = call;
    Object.defineProperty(call, "signal", {
      get() {
        signals++;
        return signal;
      },
    });
    const run: Run = async (context, input) => {
      expect(context).toMatchObject({ principal: alice, tenant: "tn_one", now: 1_000, seen: 0, requestId: "r2" });
      expect(context.log).toBe(log);
      expect(signals).toBe(0);
      expect(context.signal).toBe(signal);
      expect(input).toEqual({ params: { key: "a/b" }, query: {}, body: {} });
      expect(await context.decide({ resource: "thing", path: "other", action: "list" })).toMatchObject({
        allowed: true,
      });
      return { output: 1 };
    };
    expect(await gate.perform(Object.assign(call, { operation: operationOf(run) }))).toMatchObject({ ok: true });
    expect(gate.log).toBe(log);
  });
});

describe("an idempotent mutation", () => {
  const idempotencyKey = "0123456789abcdef";
  const writing =
    (runs: { count: number }): Run =>
    () => ({ output: { runs: ++runs.count }, changes: [put("a", runs.count, runs.count - 1)] });

  test("is carried out once and recorded each time", async () => {
    const runs = { count: 0 };
    const { gate, ledger } = bench();
    const operation = operationOf(writing(runs));
    const again = () => gate.perform(callTo(operation, { idempotencyKey, ...json('{"value":1}') }));
    expect(await again()).toMatchObject({ ok: true, seq: 0, plan: { output: { runs: 1 } } });
    expect(await again()).toMatchObject({ ok: true, seq: 1, plan: { output: { runs: 1 } } });
    expect(runs.count).toBe(1);
    expect(payloadOf(ledger.entries[1])["facts"]).toEqual({ isReplay: true });
  });

  test("leaves keys of reads alone", async () => {
    const runs = { count: 0 };
    const { gate } = bench();
    const operation = operationOf(writing(runs), { mutation: false });
    for (let calls = 0; calls < 2; calls++) await gate.perform(callTo(operation, { idempotencyKey }));
    expect(runs.count).toBe(2);
  });
});
