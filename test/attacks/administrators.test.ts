import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startWorld, type World } from "../world.ts";

let world: World;
let first: string;
beforeAll(async () => {
  world = await startWorld();
  first = (await world.administrator.get("/api/tokens/self")).output<{ readonly actor: string }>().actor;
});
afterAll(() => world.stop());

const role = "global-admin";

describe("the global administrators", () => {
  it("lose their role to nobody who does not hold it: no door could bring one back", async () => {
    const admin = await world.bearer({ roles: ["tenant-admin"] });
    expect((await admin.wire.post("/api/grants:revoke", { actor: first, role })).code).toBe("forbidden");
    expect((await world.administrator.get("/api/tenants")).status).toBe(200);
  });

  it("cannot take it from themselves, and can from each other", async () => {
    const second = await world.bearer({ roles: [role] });
    expect((await world.administrator.post("/api/grants:revoke", { actor: first, role })).code).toBe("conflict");
    expect((await world.administrator.post("/api/grants:revoke", { actor: second.actor, role })).status).toBe(200);
    expect((await second.wire.get("/api/tenants")).code).toBe("forbidden");
  });

  it("of two that take it from each other at once, one is left", async () => {
    const pair = [await world.bearer({ roles: [role] }), await world.bearer({ roles: [role] })] as const;
    const [one, other] = pair;
    await Promise.all([
      one.wire.post("/api/grants:revoke", { actor: other.actor, role }),
      other.wire.post("/api/grants:revoke", { actor: one.actor, role }),
    ]);
    const left = await Promise.all(pair.map(async ({ wire }) => (await wire.get("/api/tenants")).status));
    expect(left.toSorted((a, b) => a - b)).toEqual([200, 403]);
  });
});

describe("a token made for less", () => {
  it("that is good for one use is good for no token that has more", async () => {
    const once = await world.bearer({ roles: ["tenant-admin"], uses: 2 });
    expect((await once.wire.post("/api/tokens", { roles: ["tenant-admin"] })).code).toBe("conflict");
    expect((await once.wire.post("/api/tokens", {})).code).toBe("conflict");
    expect((await once.wire.get("/api/tokens/self")).code).toBe("unauthenticated");
  });

  it("does not stand in another tenant than its actor, where it would outlive that actor's own", async () => {
    expect((await world.administrator.post("/api/tenants", { name: "elsewhere" })).status).toBe(201);
    const there = world.administrator.with({ "holdfast-tenant": "elsewhere" });
    expect((await there.post("/api/tokens", {})).code).toBe("conflict");
    const admin = await there.post("/api/tokens", { roles: ["tenant-admin"] });
    const { token } = admin.output<{ readonly token: string }>();
    const list = await world.stranger.bearing(token).get("/api/tokens");
    expect(list.text).not.toContain(role);
  });
});

describe("a list of grants", () => {
  it("goes on where the page before ended, and each grant stands in it once", async () => {
    const seen: string[] = [];
    for (let after = ""; ; ) {
      const answer = await world.administrator.get(`/api/grants?limit=2${after}`);
      const { items, next } = answer.output<{
        readonly items: readonly { readonly actor: string; readonly role: string }[];
        readonly next?: string;
      }>();
      seen.push(...items.map((grant) => `${grant.actor} ${grant.role}`));
      if (next === undefined) break;
      after = `&after=${encodeURIComponent(next)}`;
    }
    expect(seen).toEqual([...new Set(seen)].toSorted());
    const whole = (await world.administrator.get("/api/grants?limit=1000")).output<{
      readonly items: readonly unknown[];
    }>();
    expect(seen).toHaveLength(whole.items.length);
  });
});
