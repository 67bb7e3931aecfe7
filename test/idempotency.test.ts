import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entriesFrom, nextSeq } from "./ledger.ts";
import type { Wire } from "./wire.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const keyed = (wire: Wire, key: string = randomUUID()): Wire => wire.with({ "idempotency-key": key });

describe("a change with an Idempotency-Key", () => {
  it("is done once and answered alike each time, and each call stands in the ledger", async () => {
    const wire = keyed(world.administrator);
    const start = await nextSeq(world.administrator);
    const answers = [];
    for (let times = 0; times < 3; times += 1) {
      answers.push(await wire.put("/api/secrets/a/once", { value: "one", metadata: { n: 1.5 } }));
    }
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(answers.map(({ headers }) => headers.etag)).toEqual(['"1"', '"1"', '"1"']);
    const entries = await entriesFrom(world.administrator, start);
    expect(entries.map(({ action, outcome }) => [action, outcome])).toEqual(
      Array.from({ length: 3 }, () => ["secret.put", "ok"]),
    );
    expect(new Set(entries.map(({ resource }) => resource)).size).toBe(1);
    expect((await world.administrator.get("/api/secrets/a/once")).json).toMatchObject({ version: 1 });
  });

  it("is done once also when its calls come at the same time", async () => {
    const wire = keyed(world.administrator);
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => wire.post("/api/secrets", { key: "a/at-once", value: 1 })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 16 }, () => 201));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect((await world.administrator.get("/api/secrets/a/at-once")).json).toMatchObject({ version: 1 });
  });

  it("is refused when it asks for something else under the same key", async () => {
    const wire = keyed(world.administrator);
    (await wire.put("/api/secrets/a/other", { value: 1 })).output();
    for (const answer of [
      await wire.put("/api/secrets/a/other", { value: 2 }),
      await wire.put("/api/secrets/a/another", { value: 1 }),
      await wire.put("/api/secrets/a/other", { value: 1 }, { headers: { "if-match": '"1"' } }),
      // The same number to JavaScript, and another text.
      await wire.put("/api/secrets/a/other", '{"value":1.0}'),
    ]) {
      expect(answer.code).toBe("idempotency_mismatch");
    }
    expect((await world.administrator.get("/api/secrets/a/other")).json).toMatchObject({ version: 1 });
  });

  it("has a key of its own for each actor, tenant and operation", async () => {
    const key = randomUUID();
    (await world.administrator.post("/api/tenants", { name: "aside" })).output();
    const { wire: other } = await world.bearer({ roles: ["tenant-admin"] });
    const { administrator } = world;
    const aside = administrator.with({ "holdfast-tenant": "aside" });
    const versions = [];
    for (const wire of [administrator, other, aside]) {
      const answer = await keyed(wire, key).put("/api/secrets/a/shared", { value: 1 });
      versions.push(answer.output<{ readonly version: number }>().version);
    }
    expect(versions).toEqual([1, 2, 1]);
    expect((await keyed(administrator, key).delete("/api/secrets/a/shared")).status).toBe(200);
  });

  it("is authorized anew when it is repeated", async () => {
    const { wire, actor } = await world.bearer({ roles: ["writer"] });
    const write = () => keyed(wire, "a-key-of-sixteen").put("/api/secrets/a/authorized", { value: 1 });
    expect((await write()).status).toBe(201);
    await world.administrator.post("/api/grants:revoke", { actor, role: "writer" });
    expect((await write()).code).toBe("forbidden");
  });

  it("that was refused is not remembered: it may succeed when it is repeated", async () => {
    const wire = keyed(world.administrator);
    const write = () => wire.put("/api/secrets/a/retried", { value: 1, cas: 1 });
    expect((await write()).code).toBe("version_mismatch");
    (await world.administrator.put("/api/secrets/a/retried", { value: 0 })).output();
    expect((await write()).json).toMatchObject({ version: 2 });
    expect((await write()).json).toMatchObject({ version: 2 });
  });

  it("that made a token never shows it again", async () => {
    const wire = keyed(world.administrator);
    const start = await nextSeq(world.administrator);
    const made = await wire.post("/api/tokens", { roles: ["viewer"] });
    expect(made.status).toBe(201);
    const again = await wire.post("/api/tokens", { roles: ["viewer"] });
    expect(again.code).toBe("conflict");
    expect(again.text).not.toContain("hft_");
    const outcomes = (await entriesFrom(world.administrator, start)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["ok", "conflict"]);
  });

  it("is known again after a restart", async () => {
    const key = randomUUID();
    const first = await keyed(world.administrator, key).put("/api/secrets/a/restarted", { value: 1 });
    world = await world.restart();
    const again = await keyed(world.administrator, key).put("/api/secrets/a/restarted", { value: 1 });
    expect(again.text).toBe(first.text);
    expect((await world.administrator.get("/api/secrets/a/restarted")).json).toMatchObject({ version: 1 });
  });
});
