import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entriesFrom, nextSeq } from "../ledger.ts";
import { rowsOf } from "../rows.ts";
import { storage } from "../storage.ts";
import { startWorld, type World } from "../world.ts";

let world: World;
beforeAll(async () => {
  // How long a held database is waited for; SQLite has a time of its own.
  world = await startWorld(storage === "postgres" ? { HOLDFAST_STORAGE_TIMEOUT_MS: "3000" } : {});
});
afterAll(() => world.stop());

/** A server whose storage failed takes calls again once it has looked at what stands. */
async function ready(): Promise<void> {
  while ((await world.stranger.get("/readyz")).status !== 200) await wait(20);
}

describe("ATTACKS 21: the record of a change", () => {
  it("is there before the answer is, of a change and of a read alike", async () => {
    await world.administrator.put("/api/secrets/r/key", { value: "old" });
    const order: string[] = [];
    const noted = <T>(name: string, promise: Promise<T>) => promise.finally(() => order.push(name));
    const rows = await rowsOf(world.server);
    // From here on nothing can be recorded.
    await rows.hold();
    const calls = [
      noted("put", world.administrator.put("/api/secrets/r/key", { value: "new" })),
      noted("read", world.administrator.get("/api/secrets/r/key")),
      noted("refused", world.stranger.get("/api/secrets/r/key")),
    ];
    for (let beats = 0; beats < 30; beats += 1) expect((await world.stranger.get("/healthz")).status).toBe(200);
    order.push("released");
    await rows.release();
    const answers = await Promise.all(calls);
    expect(order[0]).toBe("released");
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401]);
  });

  it("that cannot be made refuses the change, and the read before its value leaves", async () => {
    (await world.administrator.put("/api/secrets/r/kept", { value: "kept" })).output();
    const start = await nextSeq(world.administrator);
    const rows = await rowsOf(world.server);
    await rows.hold();
    const answers = await Promise.all([
      world.administrator.put("/api/secrets/r/kept", { value: "lost" }),
      world.administrator.get("/api/secrets/r/kept"),
    ]);
    await rows.release();
    for (const { status, text } of answers) {
      expect(status).toBe(503);
      expect(text).not.toMatch(/kept"|lost/);
    }
    await ready();
    const after = await world.administrator.get("/api/secrets/r/kept");
    expect(after.json).toMatchObject({ version: 1, value: "kept" });
    const entries = await entriesFrom(world.administrator, start);
    expect(entries.map(({ action, seq }) => [action, seq])).toEqual([["secret.read", after.seq]]);
  });
});

describe("ATTACKS 29: a sealed value that is put elsewhere", () => {
  const places = [
    ["another version", "s/one", 2, "s/one", 1],
    ["another path", "s/one", 1, "s/two", 1],
    ["another tenant", "s/one", 1, "s/far", 1],
  ] as const;

  const secret = "value-of-the-first-place";

  beforeAll(async () => {
    const { administrator } = world;
    await administrator.post("/api/tenants", { name: "far" });
    const far = administrator.with({ "holdfast-tenant": "far" });
    for (const [wire, path] of [
      [administrator, "s/one"],
      [administrator, "s/two"],
      [far, "s/far"],
    ] as const) {
      for (const value of [secret, secret]) (await wire.put(`/api/secrets/${path}`, { value })).output();
    }
    // Keeps nothing of what it has written.
    world = await world.restart();
  });

  it.each(places)("in %s does not open", async (_, fromPath, fromVersion, toPath, toVersion) => {
    const rows = await rowsOf(world.server);
    const nodeOf = async (path: string) => {
      const [node] = await rows.read("SELECT tenant, node_id FROM nodes WHERE path = ?", path);
      return node as { readonly tenant: string; readonly node_id: string };
    };
    const from = await nodeOf(fromPath);
    const to = await nodeOf(toPath);
    const moved = await rows.change(
      `UPDATE versions SET (sealed, dek_id) = (SELECT sealed, dek_id FROM versions WHERE node_id = ? AND version = ?)
       WHERE node_id = ? AND version = ?`,
      from.node_id,
      fromVersion,
      to.node_id,
      toVersion,
    );
    expect(moved).toBe(1);
    const reader = world.administrator.with({ "holdfast-tenant": to.tenant });
    const answer = await reader.get(`/api/secrets/${toPath}/versions/${toVersion}`);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.text).not.toContain(secret);
    const verified = await world.administrator.post("/api/audit:verify", { state: true });
    expect(verified.json).toMatchObject({ state: { ok: false } });
    expect(verified.text).toContain(to.node_id);
  });
});
