import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../wire.ts";
import { startWorld, type World } from "../world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

describe("ATTACKS 2: a tenant with the name of something greater", () => {
  it.each([
    "root",
    "default",
    "system",
    "global",
    "admin",
    "main/sub",
    "main/..",
    "..",
    "*",
    "",
    "Main",
    " main",
    "main ",
    "mаin",
    "tn_aaaa",
  ])("%j is not made", async (name) => {
    expect((await world.administrator.post("/api/tenants", { name })).code).toBe("invalid_input");
  });

  it("acts in no other: not by a role, a grant, a key or a name", async () => {
    (await world.administrator.post("/api/tenants", { name: "maine" })).output();
    (await world.administrator.put("/api/secrets/maine/key", { value: "of main" })).output();
    const { wire, actor } = await world.bearer({ roles: ["tenant-admin"] }, "maine");
    expect((await wire.get("/api/secrets/maine/key")).code).toBe("not_found");
    for (const permission of ["tenant:main:admin", "tenant:**:read", "*:**:*"]) {
      const answer = await wire.post("/api/roles", { name: "greater", permissions: [permission] });
      expect(answer.code).toBe("invalid_input");
    }
    // An actor of another tenant does not exist in this one.
    expect((await world.administrator.post("/api/grants", { actor, role: "viewer" })).code).toBe("not_found");
  });
});

describe("ATTACKS 3: a tenant that is named twice", () => {
  const read = (headers: Record<string, string | string[]>, query = "") =>
    world.administrator.get(`/api/status${query}`, { headers });

  beforeAll(async () => {
    (await world.administrator.post("/api/tenants", { name: "second" })).output();
  });

  it("in two headers, or two names in one, is refused", async () => {
    expect((await read({ "holdfast-tenant": ["main", "second"] })).code).toBe("invalid_input");
    expect((await read({ "holdfast-tenant": ["main", "main"] })).code).toBe("invalid_input");
    for (const names of ["main, second", "main,main", "main second"]) {
      expect((await read({ "holdfast-tenant": names })).code).toBe("forbidden");
    }
  });

  it("in a header and elsewhere is refused, for there is no elsewhere", async () => {
    expect((await read({ "holdfast-tenant": "main" }, "?tenant=second")).code).toBe("invalid_input");
    const body = { key: "a", value: 1, tenant: "second" };
    expect((await world.administrator.post("/api/secrets", body)).code).toBe("invalid_input");
    for (const target of ["/main/api/status", "/api/main/status", "/api/tenants/second/status"]) {
      expect((await world.administrator.get(target)).status).toBe(404);
    }
  });
});

describe("ATTACKS 4: a leaked accessor", () => {
  it("is good for nothing in another tenant", async () => {
    (await world.administrator.post("/api/tenants", { name: "leaked" })).output();
    const { accessor, token, wire } = await world.bearer({ roles: ["viewer"] });
    const other = (await world.bearer({ roles: ["tenant-admin"] }, "leaked")).wire;
    for (const which of [{ accessor }, { token }]) {
      expect((await other.post("/api/tokens:lookup", which)).code).toBe("not_found");
      expect((await other.post("/api/tokens:revoke", which)).code).toBe("not_found");
    }
    const question = { resource: "secret", path: "a", action: "read", accessor };
    expect((await other.post("/api/decisions:explain", question)).code).toBe("not_found");
    expect((await wire.get("/api/tokens/self")).status).toBe(200);
    // Nor is it a credential.
    expect((await world.stranger.bearing(accessor).get("/api/status")).code).toBe("unauthenticated");
  });
});

describe("ATTACKS 5: a deleted tenant that is created again", () => {
  it("has another id, and nothing of the first one lives in it", async () => {
    const create = async () =>
      (await world.administrator.post("/api/tenants", { name: "phoenix" })).output<{ readonly id: string }>();
    const inside = world.administrator.with({ "holdfast-tenant": "phoenix" });
    const first = await create();
    const { wire, accessor, actor } = await world.bearer({ roles: ["tenant-admin"] }, "phoenix");
    (await inside.put("/api/secrets/a/key", { value: "of the first" })).output();
    (await inside.post("/api/roles", { name: "old-role", permissions: ["secret:**:read"] })).output();
    (await inside.put("/api/namespaces/a", { environment: "production" })).output();
    (await world.administrator.delete("/api/tenants/phoenix")).output();
    const second = await create();
    expect(second.id).not.toBe(first.id);
    expect((await wire.get("/api/status")).code).toBe("unauthenticated");
    expect((await wire.with({ "holdfast-tenant": "phoenix" }).get("/api/status")).code).toBe("unauthenticated");
    expect((await inside.get("/api/secrets/a/key")).code).toBe("not_found");
    expect((await inside.get("/api/roles/old-role")).code).toBe("not_found");
    expect((await inside.get("/api/namespaces/a")).code).toBe("not_found");
    expect((await inside.post("/api/tokens:lookup", { accessor })).code).toBe("not_found");
    expect((await inside.post("/api/grants", { actor, role: "viewer" })).code).toBe("not_found");
    expect((await inside.get("/api/tokens")).json).toEqual({ items: [] });
    expect((await inside.get("/api/grants")).json).toEqual({ items: [] });
    // The first one's id leads nowhere, for ever.
    expect((await world.administrator.with({ "holdfast-tenant": first.id }).get("/api/status")).code).toBe("forbidden");
  });
});

describe("ATTACKS 6: a reserved name in disguise", () => {
  it.each([
    "Root",
    "root",
    " admin",
    "admin ",
    "ADMIN",
    "Global-Admin",
    "global_admin",
    "globaladmin",
    "gl0bal-admin",
    "g1obal-admin",
    "tenant--admin",
    "adrnin",
    "vvriter",
    "аdmin",
    "admin\u200b",
    "ａdmin",
  ])("%j is no role's", async (name) => {
    const answer = await world.administrator.post("/api/roles", { name, permissions: ["secret:a:read"] });
    expect(["invalid_input", "conflict"]).toContain(answer.code);
    const { actor } = await world.bearer({ roles: [] });
    expect((await world.administrator.post("/api/grants", { actor, role: name })).status).toBeGreaterThanOrEqual(400);
    expect((await world.administrator.post("/api/tokens", { roles: [name] })).status).toBeGreaterThanOrEqual(400);
  });
});

describe("ATTACKS 10: JSON that means two things", () => {
  const { stringify } = JSON;
  const write = (text: string): Promise<Answer> => world.administrator.put("/api/secrets/j/key", text);
  const bodies = [
    '"__proto__":{"value":1}',
    '"constructor":{"prototype":{"cas":0}}',
    '"toString":1',
    '"value":1,"hasOwnProperty":1',
  ];

  it.each(bodies)("members that objects have by nature are unknown like any other: %s", async (members) => {
    expect((await write(`{"value":1,${members}}`)).status).toBe(400);
    expect((await write(`{${members}}`)).status).toBe(400);
    expect((await world.administrator.get(`/api/status?${encodeURIComponent("__proto__")}=1`)).code).toBe(
      "invalid_input",
    );
  });

  it("a member given twice is refused at any depth, also when its spelling differs", async () => {
    for (const text of [
      '{"value":1,"value":2}',
      '{"value":{"a":1,"a":1}}',
      '{"value":[{"a":1,"\\u0061":2}]}',
      '{"value":1,"val\\u0075e":2}',
    ]) {
      expect((await write(text)).code).toBe("malformed_json");
    }
    expect((await world.administrator.get("/api/tree?depth=1&depth=2")).code).toBe("invalid_input");
    expect((await world.administrator.get("/api/tree?depth=1&%64epth=2")).code).toBe("invalid_input");
  });

  it("data may hold such members, and they come back as data", async () => {
    const value = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    (await write(`{"value":${value}}`)).output();
    expect((await world.administrator.get("/api/secrets/j/key")).text).toContain(`"value":${value}`);
    expect((await world.administrator.get("/api/status")).text).not.toContain("polluted");
  });

  it("numbers beyond 2^53 neither change in data nor count as others do elsewhere", async () => {
    (await write('{"value":9007199254740993}')).output();
    expect((await world.administrator.get("/api/secrets/j/key")).text).toContain('"value":9007199254740993');
    for (const cas of ["9007199254740993", "1.0", "1e0", "-0", "-1", "1e400", stringify("1"), "null", "true", "[1]"]) {
      expect((await write(`{"value":1,"cas":${cas}}`)).code).toBe("invalid_input");
    }
    for (const version of [
      "9007199254740993",
      "1.0",
      "1e0",
      "-1",
      "0x1",
      "%31%30%30%30%30%30%30%30%30%30%30%30%30%30%30%30%30",
    ]) {
      expect((await world.administrator.get(`/api/secrets/j/key/versions/${version}`)).code).toBe("invalid_input");
    }
  });
});
