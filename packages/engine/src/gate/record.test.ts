import { describe, expect, test } from "vitest";
import { Refusal, type RefusalCode } from "../errors.ts";
import type { Run } from "../operation.ts";
import { alice, bench, callTo, nobody, operationOf, payloadOf, put, things } from "./gate.fixture.ts";

const done: Run = () => ({ output: { done: true } });
const refuse =
  (code: RefusalCode): (() => never) =>
  () => {
    throw new Refusal(code, `Refused: ${code}.`);
  };

describe("what is recorded", () => {
  test("a success with its resource, and who did it from where by which rule", async () => {
    const { gate, ledger } = bench({ identify: () => ({ principal: { ...alice, name: "Alice" } }) });
    const run: Run = () => ({ output: 1, resource: "thing:nd_1@1", facts: { path: "a/b" } });
    await gate.perform(callTo(operationOf(run), { requestId: "r1", trace: "t1" }));
    expect(ledger.entries[0]?.entry).toEqual({
      tenant: "tn_one",
      actor: "ac_alice",
      action: "thing.put",
      resource: "thing:nd_1@1",
      outcome: "ok",
      reason: "",
    });
    expect(payloadOf(ledger.entries[0])).toEqual({
      op: "thing.put",
      from: "192.0.2.1",
      credential: "tk_alice",
      name: "Alice",
      node: "node-1",
      request: "r1",
      trace: "t1",
      rule: "writer thing:**:write",
      facts: { path: "a/b" },
    });
  });

  test("a stranger as nobody, with what was asked for", async () => {
    const { gate, ledger } = bench();
    await gate.perform(callTo(operationOf(done), { credential: { kind: "none" }, params: { key: "a" } }));
    expect(ledger.entries[0]?.entry).toMatchObject(nobody);
    expect(payloadOf(ledger.entries[0])["facts"]).toEqual({ params: { key: "a" } });
  });

  test("a call without parameters that is refused, without facts", async () => {
    const { gate, ledger } = bench();
    await gate.perform(callTo(operationOf(done), { credential: { kind: "none" }, params: {} }));
    expect(payloadOf(ledger.entries[0])).not.toHaveProperty("facts");
  });

  test("what a refused call asked for, in the payload alone, when the refusal says that it is worth a record", async () => {
    const { gate, ledger } = bench();
    const run: Run = () => {
      throw new Refusal("query_refused", "No.", { facts: { sql: "DROP TABLE alerts" } });
    };
    await gate.perform(callTo(operationOf(run), { params: { key: "a" } }));
    expect(payloadOf(ledger.entries[0])["facts"]).toEqual({ sql: "DROP TABLE alerts" });
    expect(ledger.entries[0]?.entry).toMatchObject({ outcome: "failed", reason: "query_refused", resource: "thing" });
  });

  test("a denied call in the tenant it was fenced into, with the path that was decided on", async () => {
    const { gate, ledger } = bench({ authorize: () => ({ allowed: false, reason: "no_permission" }) });
    await gate.perform(callTo(operationOf(done), { tenantNamed: "tn_two" }));
    expect(ledger.entries[0]?.entry).toMatchObject({ tenant: "tn_two", actor: "ac_alice" });
    expect(payloadOf(ledger.entries[0])["facts"]).toEqual({ path: "a/b" });
  });

  test("the credential's own changes, also when the answer is no", async () => {
    const { gate, ledger } = bench({
      identify: () => ({ principal: alice, changes: [put("uses", 4, 1)], writes: ["credential:tk_alice"] }),
      authorize: () => ({ allowed: false, reason: "no_permission" }),
    });
    ledger.store(things, { id: "uses", value: 5 });
    expect(await gate.perform(callTo(operationOf(done)))).toMatchObject({ ok: false, seq: 0 });
    expect(ledger.row(things, { id: "uses" })).toMatchObject({ row: { value: 4 }, rev: 2 });
    expect(ledger.entries[0]?.writes).toEqual(["credential:tk_alice"]);
  });

  test("changes of key, credential and plan together, with their footprints", async () => {
    const seal = (payload: Uint8Array) => ({ commitment: new Uint8Array(32), sealed: payload });
    const { gate, ledger } = bench({
      identify: () => ({ principal: alice, changes: [put("uses", 1, 0)], writes: ["w:uses"] }),
      payloadKeyOf: () => ({ changes: [put("key", 1, 0)], writes: ["w:key"], seal }),
    });
    const run: Run = ({ reads }) => {
      reads.touch("r:plan");
      return { output: 1, changes: [put("plan", 1, 0)], writes: ["w:plan"] };
    };
    await gate.perform(callTo(operationOf(run)));
    expect(ledger.entries[0]).toMatchObject({ reads: ["r:plan"], writes: ["w:key", "w:uses", "w:plan"] });
    expect(ledger.rows().map(({ row }) => row["id"])).toEqual(["key", "uses", "plan"]);
  });
});

describe("an unexpected fault", () => {
  const secret = "hunter2 stood in the error";
  const explode = () => {
    throw new TypeError(secret);
  };

  test("of a handler is told to operators, and to nobody else", async () => {
    const { gate, ledger, log } = bench();
    const answer = await gate.perform(callTo(operationOf(explode), { requestId: "r9" }));
    expect(answer).toMatchObject({ ok: false, seq: 0, refusal: { code: "internal" } });
    expect(answer.ok ? "" : answer.refusal.message).not.toContain("hunter2");
    expect(JSON.stringify(payloadOf(ledger.entries[0]))).not.toContain("hunter2");
    expect(ledger.entries[0]?.entry).toMatchObject({ outcome: "failed", reason: "internal" });
    expect(log.lines).toMatchObject([{ level: "error", fields: { requestId: "r9", operation: "thing.put" } }]);
    expect(log.lines[0]?.fields["err"]).toBeInstanceOf(TypeError);
  });

  test("of hashing a planned row is a failed operation, recorded without the plan", async () => {
    const { gate, ledger } = bench({ hashRow: explode });
    const run: Run = () => ({ output: 1, resource: "thing:x", changes: [put("a", 1, 0)], writes: ["w"] });
    expect(await gate.perform(callTo(operationOf(run)))).toMatchObject({
      ok: false,
      seq: 0,
      refusal: { code: "internal" },
    });
    expect(ledger.entries).toHaveLength(1);
    expect(ledger.entries[0]).toMatchObject({
      changes: [],
      writes: [],
      entry: { resource: "thing", outcome: "failed" },
    });
  });

  test("of a change that the committer cannot take is recorded the same way", async () => {
    const { gate, ledger } = bench();
    ledger.beforeJudging = ({ changes }) => {
      if (changes.length > 0) throw new Refusal("internal", "bad change");
    };
    const run: Run = () => ({ output: 1, changes: [put("a", 1, 0)] });
    expect(await gate.perform(callTo(operationOf(run)))).toMatchObject({ seq: 0, refusal: { code: "internal" } });
  });

  test("of the committer itself is not recorded twice: the first may stand", async () => {
    const { gate, ledger } = bench();
    let submissions = 0;
    ledger.beforeJudging = () => {
      submissions++;
      explode();
    };
    const answer = await gate.perform(callTo(operationOf(done)));
    expect(answer).toMatchObject({ ok: false, seq: undefined, refusal: { code: "internal" } });
    expect(submissions).toBe(1);
  });

  test("of recording a refusal leaves the refusal of recording", async () => {
    const { gate } = bench({ payloadKeyOf: explode });
    const answer = await gate.perform(callTo(operationOf(refuse("not_found"))));
    expect(answer).toMatchObject({ ok: false, seq: undefined, refusal: { code: "internal" } });
  });
});

describe("the log at its most talkative", () => {
  test("has a line for each operation, by the ids that lead to its entry and its trace", async () => {
    const { gate, log } = bench();
    const trace = "0af7651916cd43dd8448eb211c80319c";
    const answer = await gate.perform(callTo(operationOf(done), { requestId: "r1", trace }));
    const { seq } = answer;
    expect(log.debugLines).toMatchObject([
      { fields: { requestId: "r1", trace, operation: "thing.put", outcome: "ok", seq }, message: "operation" },
    ]);
  });
});

describe("what cannot be recorded", () => {
  test("is refused before any work when the ledger takes on no more", async () => {
    const { gate, ledger } = bench({ identify: refuse("internal") });
    ledger.refusesWith = new Refusal("overloaded", "Full.", { retryAfterSeconds: 1 });
    const answer = await gate.perform(callTo(operationOf(done)));
    expect(answer).toMatchObject({ ok: false, seq: undefined, refusal: { code: "overloaded" } });
    expect(ledger.entries).toHaveLength(0);
  });

  test("is not answered with success", async () => {
    const { gate, ledger, log } = bench();
    ledger.beforeJudging = refuse("storage_failed");
    const answer = await gate.perform(callTo(operationOf(done)));
    expect(answer).toMatchObject({ ok: false, seq: undefined, refusal: { code: "storage_failed" } });
    expect(log.lines).toHaveLength(1);
  });

  test("because no payload key can be had is refused as that says", async () => {
    const { gate } = bench({ payloadKeyOf: refuse("sealed") });
    expect(await gate.perform(callTo(operationOf(done)))).toMatchObject({
      seq: undefined,
      refusal: { code: "sealed" },
    });
  });
});
