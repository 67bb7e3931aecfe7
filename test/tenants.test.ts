import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Wire } from "./wire.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const create = async (name: string) =>
  (await world.administrator.post("/api/tenants", { name })).output<{ readonly id: string; readonly name: string }>();
const inside = (tenant: string): Wire => world.administrator.with({ "holdfast-tenant": tenant });

describe("a tenant", () => {
  it("is created with a random id, keys and the standing tree, and listed", async () => {
    const { id } = await create("acme");
    expect(id).toMatch(/^tn_[a-z2-7]{26}$/);
    expect((await inside("acme").get("/api/tree")).text).toContain('"system/kernel"');
    expect((await inside("acme").get("/api/keys")).json).toMatchObject({ items: [{ version: 1, state: "active" }] });
    const { items } = (await world.administrator.get("/api/tenants")).output<{ items: { name: string }[] }>();
    expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining(["acme", "main"]));
    expect((await world.administrator.post("/api/tenants", { name: "acme" })).code).toBe("already_exists");
  });

  it("has paths, roles, namespaces and keys of its own", async () => {
    await create("one");
    await create("other");
    for (const [tenant, value] of [
      ["one", 1],
      ["other", 2],
    ] as const) {
      (await inside(tenant).put("/api/secrets/a/b", { value })).output();
      (await inside(tenant).post("/api/roles", { name: "same", permissions: [`secret:${tenant}/**:read`] })).output();
      (await inside(tenant).put("/api/namespaces/a", { environment: tenant })).output();
    }
    expect((await inside("one").get("/api/secrets/a/b")).json).toMatchObject({ value: 1, environment: "one" });
    expect((await inside("other").get("/api/secrets/a/b")).json).toMatchObject({ value: 2, environment: "other" });
    expect((await inside("one").get("/api/roles/same")).json).toMatchObject({ permissions: ["secret:one/**:read"] });
    await inside("one").post("/api/keys:rotate");
    const { items } = (await inside("other").get("/api/keys")).output<{ items: unknown[] }>();
    expect(items).toHaveLength(1);
  });

  it("is named by its name or its id, exactly", async () => {
    const { id } = await create("exact");
    for (const named of ["exact", id])
      expect((await inside(named).get("/api/status")).json).toMatchObject({ tenant: "exact" });
    for (const named of ["Exact", "exact ", "exact/", "exac", `${id}x`, "system"]) {
      // Blanks around a header's value are not part of it.
      expect((await inside(named).get("/api/status")).code).toBe(named.trim() === "exact" ? undefined : "forbidden");
    }
  });

  it("is acted in by its own actors and by global administrators, and by nobody else", async () => {
    await create("fenced");
    const own = await world.bearer({ roles: ["tenant-admin"] }, "fenced");
    const elsewhere = await world.bearer({ roles: ["tenant-admin"] });
    expect((await own.wire.put("/api/secrets/a", { value: 1 })).status).toBe(201);
    expect((await own.wire.with({ "holdfast-tenant": "fenced" }).get("/api/secrets/a")).status).toBe(200);
    expect((await own.wire.with({ "holdfast-tenant": "main" }).get("/api/secrets/a")).code).toBe("forbidden");
    expect((await elsewhere.wire.with({ "holdfast-tenant": "fenced" }).get("/api/secrets/a")).code).toBe("forbidden");
    expect((await elsewhere.wire.get("/api/secrets/a")).code).toBe("not_found");
  });

  it("has an administrator with no say over tenants", async () => {
    await create("modest");
    const { wire } = await world.bearer({ roles: ["tenant-admin"] }, "modest");
    expect((await wire.get("/api/tenants")).code).toBe("forbidden");
    expect((await wire.post("/api/tenants", { name: "more" })).code).toBe("forbidden");
    expect((await wire.delete("/api/tenants/modest")).code).toBe("forbidden");
    expect((await wire.get("/api/audit/export?start=0&limit=1")).code).toBe("forbidden");
    expect((await wire.post("/api/audit:verify", {})).code).toBe("forbidden");
  });

  it("that is deleted answers nobody; the one in use is not deleted", async () => {
    const { id } = await create("ended");
    const { wire } = await world.bearer({ roles: ["tenant-admin"] }, "ended");
    expect((await world.administrator.delete("/api/tenants/ended")).json).toEqual({ id, name: "ended", deleted: true });
    expect((await wire.get("/api/status")).code).toBe("unauthenticated");
    expect((await inside("ended").get("/api/status")).code).toBe("forbidden");
    expect((await inside(id).get("/api/status")).code).toBe("forbidden");
    expect((await world.administrator.delete("/api/tenants/ended")).code).toBe("not_found");
    expect((await world.administrator.delete("/api/tenants/main")).code).toBe("conflict");
    expect((await world.administrator.delete("/api/tenants/system")).code).toBe("not_found");
  });

  it("sees its own entries of the ledger and no others", async () => {
    const { id } = await create("watched");
    const { wire } = await world.bearer({ roles: ["security-auditor"] }, "watched");
    await inside("watched").put("/api/secrets/a", { value: 1 });
    const { seq } = await world.administrator.put("/api/secrets/not-yours", { value: 1 });
    const { items } = (await wire.get("/api/audit/entries?limit=1000")).output<{
      items: { tenant: string; seq: number }[];
    }>();
    expect(items.length).toBeGreaterThan(1);
    expect(new Set(items.map(({ tenant }) => tenant))).toEqual(new Set([id]));
    expect((await wire.get(`/api/audit/entries/${items[0]?.seq}:proof`)).status).toBe(200);
    const others = await wire.get(`/api/audit/entries/${seq}:proof`);
    const nobodys = await wire.get("/api/audit/entries/9999999:proof");
    expect([others.code, nobodys.code]).toEqual(["not_found", "not_found"]);
    expect((others.json as { detail: string }).detail).toBe((nobodys.json as { detail: string }).detail);
  });
});
