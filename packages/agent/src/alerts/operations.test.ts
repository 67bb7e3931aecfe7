import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actorId, tenantId } from "@holdfast/spine/keyring.fixture";
import { type AlertBench, openAlerts, outcomeOf } from "./alerts.fixture.ts";
import { silencesFootprint, silencesTable } from "./silences.ts";
import { alertSweep, isAlertSweepDue } from "./sweep.ts";

interface Page {
  readonly items: readonly { readonly id: string; readonly dedupKey: string }[];
  readonly next?: string;
}

let bench: AlertBench;
const ids: string[] = [];
beforeAll(async () => {
  bench = await openAlerts();
  const recorder = bench.recorder();
  const severities = ["low", "high", "critical"] as const;
  for (const [index, severity] of severities.entries()) {
    bench.now += 1000;
    const row = { seq: index + 1, path: `/tmp/${severity}`, username: "jane" };
    await recorder.record([bench.found(row, { severity, id: index === 0 ? "quiet-rule" : "exec-from-tmp" })]);
  }
  ids.push(...((await bench.call("alert.list")) as Page).items.map(({ id }) => id));
});
afterAll(() => bench.close());

const list = async (query: Readonly<Record<string, string | number>> = {}) =>
  (await bench.call("alert.list", { query })) as Page;
const keys = async (query?: Readonly<Record<string, string | number>>) =>
  (await list(query)).items.map(({ dedupKey }) => dedupKey);

describe("alerts", () => {
  it("are listed newest first, by severity, rule, state and time", async () => {
    expect(await keys()).toEqual(["/tmp/critical", "/tmp/high", "/tmp/low"]);
    expect(await keys({ severity: "high" })).toEqual(["/tmp/critical", "/tmp/high"]);
    expect(await keys({ rule: "quiet-rule" })).toEqual(["/tmp/low"]);
    expect(await keys({ state: "acknowledged" })).toEqual([]);
    const named = async (id: string) => (await list({ id })).items.map((alert) => alert.id);
    for (const id of ids) expect(await named(id.slice(0, 12))).toEqual([id]);
    expect(await named("al_zzzzzzzz")).toEqual([]);
    expect(await keys({ since: "2026-07-01T00:00:03.000Z" })).toEqual(["/tmp/critical"]);
  });

  it("are listed in pages that end", async () => {
    const first = await list({ limit: 2 });
    expect(first.items).toHaveLength(2);
    const second = await list({ limit: 2, after: first.next! });
    expect(second.items.map(({ dedupKey }) => dedupKey)).toEqual(["/tmp/low"]);
    expect(second.next).toBeUndefined();
  });

  it("have no cursor of another kind, and no time that no calendar has", async () => {
    for (const query of [{ after: "1" }, { after: "x-al_" }, { since: "2026-02-31T25:00:00Z" }])
      expect(await bench.call("alert.list", { query })).toBe("invalid_input");
  });

  it("are read with the row that was found", async () => {
    const read = await bench.call("alert.read", { params: { alert: ids[1]! } });
    expect(read).toMatchObject({ id: ids[1], attack: ["T1059"], details: { path: "/tmp/high", username: "jane" } });
    expect(await bench.call("alert.read", { params: { alert: `al_${"a".repeat(26)}` } })).toBe("not_found");
  });

  it("are taken note of by whoever was first, and reopened", async () => {
    const params = { alert: ids[0]! };
    const first = await bench.call("alert.acknowledge", { params, body: { note: "it was me" } });
    expect(first).toMatchObject({ state: "acknowledged", acknowledgedBy: actorId, note: "it was me" });
    bench.now += 1000;
    const { acknowledgedAt } = first as { readonly acknowledgedAt: string };
    expect(await bench.call("alert.acknowledge", { params, body: {} })).toMatchObject({
      acknowledgedAt,
      note: "it was me",
    });
    expect(await keys({ state: "acknowledged" })).toEqual(["/tmp/critical"]);
    expect(await bench.call("alert.reopen", { params })).toMatchObject({ state: "open", note: "it was me" });
    expect(await bench.call("alert.reopen", { params: { alert: `al_${"a".repeat(26)}` } })).toBe("not_found");
  });
});

describe("silences", () => {
  const create = (body: Readonly<Record<string, unknown>>) =>
    bench.call("silence.create", { body: { ttlSeconds: 60, note: "why", ...body } });

  it("name what they silence, and never everything", async () => {
    expect(await create({})).toBe("invalid_input");
    expect(await create({ rule: "a", ttlSeconds: 90 })).toMatchObject({ rule: "a", note: "why", createdBy: actorId });
    expect(await create({ dedupKey: "b" })).toMatchObject({ dedupKey: "b" });
  });

  it("are listed in the order in which they end, in pages", async () => {
    const first = (await bench.call("silence.list", { query: { limit: 1 } })) as Page;
    expect(first.items).toMatchObject([{ dedupKey: "b" }]);
    const second = (await bench.call("silence.list", { query: { limit: 1, after: first.next! } })) as Page;
    expect(second).toMatchObject({ items: [{ rule: "a" }] });
    expect(second.next).toBeUndefined();
    expect(await bench.call("silence.list", { query: { after: "zzz" } })).toBe("invalid_input");
  });

  it("end before their time when somebody says so", async () => {
    const { items } = (await bench.call("silence.list")) as Page;
    const params = { silence: items[0]!.id };
    expect(await bench.call("silence.delete", { params })).toEqual({ silence: items[0]!.id, deleted: true });
    expect(await bench.call("silence.delete", { params })).toBe("not_found");
  });

  it("are bounded in number", async () => {
    const row = { tenant: tenantId, dedup_key: null, note: "", created_at: bench.now, created_by: actorId };
    const changes = Array.from({ length: 999 }, (_, index) => ({
      put: silencesTable,
      row: { ...row, id: `si_${index}`, rule: `r${index}`, expires_at: bench.now + 60_000 },
      expect: 0,
    }));
    expect((await bench.commit(changes, [silencesFootprint(tenantId)])).ok).toBe(true);
    expect(await create({ rule: "one-more" })).toBe("conflict");
  });
});

describe("the sweep", () => {
  const isDue = async () =>
    outcomeOf(
      await bench.plan(async ({ reads, now }) => ({ output: await isAlertSweepDue(reads, tenantId, now, 90) })),
    );
  const sweep = async () => outcomeOf(await bench.perform(alertSweep(90), { tenant: tenantId }));

  it("removes silences that are over and alerts that are long past, in bounded steps", async () => {
    expect(await isDue()).toBe(false);
    bench.now += 91_000;
    expect(await isDue()).toBe(true);
    expect(await sweep()).toEqual({ alerts: 0, silences: 200, isDone: false });
    let output: unknown;
    do output = await sweep();
    while (!(output as { readonly isDone: boolean }).isDone);
    expect(await bench.call("silence.list")).toEqual({ items: [] });
    bench.now += 91 * 24 * 60 * 60 * 1000;
    expect(await sweep()).toEqual({ alerts: 3, silences: 0, isDone: true });
    expect(await keys()).toEqual([]);
  });
});
