import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AlertBench, openAlerts, rule } from "./alerts.fixture.ts";
import { findingOf } from "./finding.ts";

let bench: AlertBench;
beforeEach(async () => {
  bench = await openAlerts();
});
afterEach(() => bench.close());

interface Listed {
  readonly items: readonly { readonly id: string; readonly count: number; readonly dedupKey: string }[];
}
const alerts = async () => ((await bench.call("alert.list")) as Listed).items;
const row = (seq: number, path = "/tmp/x") => ({ seq, path, cmdline: `${path} ${seq}`, username: "jane" });
const raised = () => bench.duties.filter((duty) => duty.startsWith("alert.raise"));
const repeated = () => bench.duties.filter((duty) => duty.startsWith("alert.repeat"));

describe("a finding", () => {
  it("is an alert with one entry, and is told", async () => {
    await bench.recorder().record([bench.found(row(5))]);
    const [alert] = await alerts();
    expect(alert).toMatchObject({
      count: 1,
      dedupKey: "/tmp/x",
      state: "open",
      severity: "high",
      rule: "exec-from-tmp",
    });
    expect(bench.duties).toEqual(["alert.raise ok"]);
    expect(bench.outbox.taken).toMatchObject([
      { id: alert!.id, seq: bench.committer.position - 2, ruleId: "exec-from-tmp", count: 1, host: "web-1" },
    ]);
  });

  it("says who it was, beside what its rule selected, in the alert, its entry and what is told", async () => {
    const context = { path: "/tmp/x", username: "jane" };
    const found = findingOf(
      rule,
      { seq: 5, pid: 7 },
      { host: "web-1", foundAt: bench.now, upTo: 9, context: () => context },
    );
    await bench.recorder().record([found]);
    const [alert] = await alerts();
    const read = await bench.call("alert.read", { params: { alert: alert!.id } });
    expect(read).toMatchObject({ details: { seq: 5, pid: 7 }, context, summary: "pid=7: /tmp/x, by jane" });
    expect(bench.plans.at(-1)?.facts).toMatchObject({ details: { seq: 5, pid: 7 }, context });
    expect(bench.outbox.taken).toMatchObject([{ details: { seq: 5, pid: 7 }, context, tags: ["T1059"] }]);
  });

  it("of nothing leaves nothing", async () => {
    await bench.recorder().record([]);
    await bench.recorder().settle();
    expect([bench.duties, bench.outbox.taken]).toEqual([[], []]);
  });

  it("that is judged again after a crash is the same alert, counted once and told once", async () => {
    await bench.recorder().record([bench.found(row(5))]);
    await bench.recorder().record([bench.found(row(5))]);
    expect(await alerts()).toMatchObject([{ count: 1 }]);
    expect([bench.duties, bench.outbox.taken.length]).toEqual([["alert.raise ok"], 1]);
  });

  it("is one alert with others of its rule and key, at once and later", async () => {
    const recorder = bench.recorder();
    await recorder.record([bench.found(row(5)), bench.found(row(6)), bench.found(row(7, "/tmp/y"))]);
    expect(await alerts()).toHaveLength(2);
    await recorder.record([bench.found(row(8))]);
    await recorder.settle();
    const counts = (await alerts()).map(({ dedupKey, count }) => [dedupKey, count] as const);
    expect(new Map(counts)).toEqual(
      new Map([
        ["/tmp/x", 3],
        ["/tmp/y", 1],
      ]),
    );
    expect(bench.outbox.taken).toHaveLength(2);
  });

  it("is a new alert when the last one is long over, and then is told again", async () => {
    const recorder = bench.recorder();
    await recorder.record([bench.found(row(5))]);
    bench.now += 3_601_000;
    await recorder.record([bench.found(row(6))]);
    expect([(await alerts()).length, bench.outbox.taken.length]).toEqual([2, 2]);
  });

  it("counts in an alert that somebody has taken note of, without reopening it", async () => {
    const recorder = bench.recorder();
    await recorder.record([bench.found(row(5))]);
    const [{ id } = { id: "" }] = await alerts();
    await bench.call("alert.acknowledge", { params: { alert: id }, body: {} });
    await recorder.record([bench.found(row(6))]);
    expect(await alerts()).toMatchObject([{ id, count: 2, state: "acknowledged" }]);
  });
});

describe("what is found over and over", () => {
  it("is recorded when its count has doubled, and otherwise once a minute", async () => {
    const recorder = bench.recorder();
    for (let seq = 1; seq <= 40; seq++) await recorder.record([bench.found(row(seq))]);
    // 1, 2, 4, 8, 16, 32.
    expect([raised().length, repeated().length]).toEqual([1, 5]);
    expect(await alerts()).toMatchObject([{ count: 32 }]);
    bench.now += 60_000;
    await recorder.record([]);
    expect(await alerts()).toMatchObject([{ count: 40 }]);
  });

  it("keeps its alert open for as long as it goes on", async () => {
    const recorder = bench.recorder();
    await recorder.record([bench.found(row(1))]);
    for (let seq = 2; seq <= 8; seq++) {
      bench.now += 1_800_000;
      await recorder.record([bench.found(row(seq))]);
    }
    expect(await alerts()).toHaveLength(1);
  });

  it("is counted before its next alert begins", async () => {
    const recorder = bench.recorder();
    for (const seq of [1, 2, 3]) await recorder.record([bench.found(row(seq))]);
    bench.now += 3_601_000;
    await recorder.record([bench.found(row(4))]);
    expect((await alerts()).map(({ count }) => count)).toEqual([1, 3]);
  });

  it("cannot fill the ledger: beyond the limit, findings of a rule come together in one alert", async () => {
    const recorder = bench.recorder({ maxAlertsPerHour: 3 });
    const flood = (from: number) =>
      Array.from({ length: 200 }, (_, index) => bench.found(row(from + index, `/tmp/${from + index}`)));
    await recorder.record(flood(1));
    await recorder.record(flood(1000));
    await recorder.settle();
    const all = await alerts();
    expect(all).toHaveLength(4);
    expect(all.find(({ dedupKey }) => dedupKey === "\\*")).toMatchObject({ count: 397 });
    await recorder.record([bench.found(row(5000), { id: "another-rule" })]);
    expect(await alerts()).toHaveLength(5);
    bench.now += 3_601_000;
    await recorder.record([bench.found(row(6000, "/tmp/later"))]);
    expect((await alerts())[0]).toMatchObject({ dedupKey: "/tmp/later" });
  });
});

it("many rules together cannot fill it either", async () => {
  const recorder = bench.recorder({ maxAlertsPerHour: 1 });
  const findings = Array.from({ length: 30 }, (_, index) => bench.found(row(index + 1), { id: `rule-${index}` }));
  await recorder.record(findings);
  const all = await alerts();
  expect(all.filter(({ dedupKey }) => dedupKey === "\\*")).toHaveLength(20);
  expect(all).toHaveLength(30);
});

describe("a silence", () => {
  const silence = (body: Readonly<Record<string, unknown>>) =>
    bench.call("silence.create", { body: { ttlSeconds: 600, note: "a test", ...body } });

  it("keeps people from hearing of an alert, which is raised all the same", async () => {
    await silence({ rule: "exec-from-tmp", dedupKey: "/tmp/x" });
    await bench.recorder().record([bench.found(row(1)), bench.found(row(2, "/tmp/y"))]);
    expect(await alerts()).toHaveLength(2);
    expect(bench.outbox.taken).toMatchObject([{ summary: "/tmp/y 2, by jane" }]);
  });

  it("of a key alone holds for every rule, and ends", async () => {
    await silence({ dedupKey: "/tmp/x" });
    await bench.recorder().record([bench.found(row(1), { id: "other" })]);
    expect(bench.outbox.taken).toEqual([]);
    bench.now += 600_000;
    await bench.recorder().record([bench.found(row(2))]);
    expect(bench.outbox.taken).toHaveLength(1);
  });

  it("is not undone by a restart: what it kept back is not told then", async () => {
    await silence({ rule: "exec-from-tmp" });
    await bench.recorder().record([bench.found(row(1))]);
    await bench.recorder().settle();
    expect(bench.outbox.taken).toEqual([]);
  });
});

describe("between finding and telling nothing is lost", () => {
  it("by an outbox that takes nothing for a while, and the order stays", async () => {
    const recorder = bench.recorder();
    bench.outbox.isBroken = true;
    await recorder.record([bench.found(row(1))]);
    await recorder.record([bench.found(row(2, "/tmp/y"))]);
    expect([bench.outbox.taken, bench.logged.length]).toEqual([[], 2]);
    bench.outbox.isBroken = false;
    await recorder.record([bench.found(row(3, "/tmp/z"))]);
    expect(bench.outbox.taken.map(({ summary }) => summary)).toEqual([
      "/tmp/x 1, by jane",
      "/tmp/y 2, by jane",
      "/tmp/z 3, by jane",
    ]);
    const seqs = bench.outbox.taken.map(({ seq }) => seq);
    expect(seqs).toEqual([...seqs].sort((left, right) => left - right));
  });

  it("by a crash before the outbox had it: the next start takes it from the ledger, whatever became of it since", async () => {
    bench.outbox.isBroken = true;
    await bench.recorder().record([bench.found(row(1))]);
    const [{ id } = { id: "" }] = await alerts();
    await bench.call("alert.acknowledge", { params: { alert: id }, body: {} });
    bench.outbox.isBroken = false;
    await bench.recorder().settle();
    await bench.recorder().settle();
    expect(bench.outbox.taken).toMatchObject([{ id }]);
  });

  it("by a ledger that takes nothing: the rows are judged again, and raised then", async () => {
    const recorder = bench.recorder();
    const perform = bench.perform.bind(bench);
    let isRefusing = true;
    bench.perform = (operation, request) =>
      isRefusing
        ? Promise.resolve({ ok: false, refusal: new Error("no"), seq: undefined, rate: undefined } as never)
        : perform(operation, request);
    await expect(recorder.record([bench.found(row(1))])).rejects.toThrow("no");
    isRefusing = false;
    await recorder.record([bench.found(row(1))]);
    expect(bench.outbox.taken).toHaveLength(1);
  });

  it("by a ledger that takes nothing for long: what was not raised uses up no limit", async () => {
    const recorder = bench.recorder({ maxAlertsPerHour: 2 });
    const perform = bench.perform.bind(bench);
    bench.perform = () =>
      Promise.resolve({ ok: false, refusal: new Error("no"), seq: undefined, rate: undefined } as never);
    for (let tick = 0; tick < 5; tick++) await expect(recorder.record([bench.found(row(1))])).rejects.toThrow("no");
    bench.perform = perform;
    await recorder.record([bench.found(row(1))]);
    expect(await alerts()).toMatchObject([{ dedupKey: "/tmp/x" }]);
  });

  it("by an outbox that cannot even be read: the ledger has what was found, and it is told later", async () => {
    const recorder = bench.recorder();
    bench.outbox.isUnreadable = true;
    await recorder.record([bench.found(row(1))]);
    expect(await alerts()).toHaveLength(1);
    bench.outbox.isUnreadable = false;
    await recorder.settle();
    expect(bench.outbox.taken).toHaveLength(1);
  });

  it("by an outbox that is begun anew while the agent runs: what it held is taken from the ledger", async () => {
    const recorder = bench.recorder();
    await recorder.record([bench.found(row(1))]);
    bench.outbox.taken.length = 0;
    await recorder.record([bench.found(row(2, "/tmp/y"))]);
    expect(bench.outbox.taken.map(({ summary }) => summary)).toEqual(["/tmp/x 1, by jane", "/tmp/y 2, by jane"]);
  });

  it("by an outbox that was lost, but for what is over since a day", async () => {
    const recorder = bench.recorder();
    await recorder.record([bench.found(row(1))]);
    bench.now += 25 * 60 * 60 * 1000;
    await recorder.record([bench.found(row(2, "/tmp/y"))]);
    bench.outbox.taken.length = 0;
    await bench.recorder().settle();
    expect(bench.outbox.taken).toMatchObject([{ summary: "/tmp/y 2, by jane", dedupKey: "exec-from-tmp /tmp/y" }]);
  });

  it("and old alerts are not told anew when people work on them", async () => {
    const recorder = bench.recorder();
    await recorder.record([bench.found(row(1))]);
    await recorder.record([bench.found(row(2, "/tmp/y"))]);
    for (const { id } of await alerts()) await bench.call("alert.acknowledge", { params: { alert: id }, body: {} });
    await bench.recorder().settle();
    expect(bench.outbox.taken).toHaveLength(2);
  });
});

it("an alert's entry names nothing but its id; what was found is sealed beside it", async () => {
  await bench.recorder().record([bench.found(row(1))]);
  const [{ id } = { id: "" }] = await alerts();
  expect(id).toMatch(/^al_[a-z2-7]{25}[aeimquy4]$/);
  expect(bench.plans).toMatchObject([
    { resource: `alert:${id}`, facts: { dedupKey: "/tmp/x", host: "web-1", details: { username: "jane" } } },
  ]);
});
