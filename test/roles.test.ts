import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bearer, startWorld, type World } from "./world.ts";

interface Explanation {
  readonly allowed: boolean;
  readonly rule: string;
  readonly missing: readonly string[];
  readonly considered: readonly { readonly rule: string; readonly effect: string; readonly why: string }[];
}

let world: World;
beforeAll(async () => {
  world = await startWorld();
  const { administrator } = world;
  for (const environment of ["development", "staging", "production"]) {
    await administrator.put(`/api/namespaces/in/${environment}`, { environment });
    await administrator.put(`/api/secrets/in/${environment}/key`, { value: environment });
  }
  await administrator.put("/api/secrets/in/none/key", { value: "none" });
});
afterAll(() => world.stop());

const explain = async (bearer: Bearer, resource: string, path: string, action: string) =>
  (await bearer.wire.post("/api/decisions:explain", { resource, path, action })).output<Explanation>();

describe("a permission", () => {
  it("allows its resource, path and action, and nothing beside them", async () => {
    const { wire } = await world.holderOf(["secret:in/development/*:read"]);
    expect((await wire.get("/api/secrets/in/development/key")).status).toBe(200);
    expect((await wire.get("/api/secrets/in/staging/key")).code).toBe("forbidden");
    expect((await wire.put("/api/secrets/in/development/key", { value: 1 })).code).toBe("forbidden");
    expect((await wire.get("/api/configs/in/development/key")).code).toBe("forbidden");
    expect((await wire.get("/api/secrets/in/development/key/deeper")).code).toBe("forbidden");
  });

  it("on a folder is needed to list it, and every item is decided", async () => {
    const { wire } = await world.holderOf(["secret:in:list", "secret:in/staging/**:list"]);
    const { items } = (await wire.get("/api/secrets?prefix=in&recursive=true")).output<{ items: { key: string }[] }>();
    expect(items.map(({ key }) => key)).toEqual(["in/staging/key"]);
    expect((await wire.get("/api/secrets")).code).toBe("forbidden");
    const tree = (await wire.get("/api/tree")).output<{ items: { path: string }[] }>();
    expect(tree.items.map(({ path }) => path)).toEqual(["in", "in/staging", "in/staging/key"]);
  });
});

describe("the built-in roles", () => {
  it("allow a developer in development and staging only, whatever the path is called", async () => {
    const { wire } = await world.bearer({ roles: ["developer"] });
    const codes = async (place: string) => [
      (await wire.get(`/api/secrets/in/${place}/key`)).code ?? "ok",
      (await wire.put(`/api/secrets/in/${place}/new`, { value: 1 })).code ?? "ok",
    ];
    expect(await codes("development")).toEqual(["ok", "ok"]);
    expect(await codes("staging")).toEqual(["ok", "ok"]);
    expect(await codes("production")).toEqual(["forbidden", "forbidden"]);
    expect(await codes("none")).toEqual(["forbidden", "forbidden"]);
  });

  it("follow a namespace that changes its environment, from the next request on", async () => {
    const { wire } = await world.bearer({ roles: ["developer"] });
    const set = (environment: string) => world.administrator.put("/api/namespaces/in/turning", { environment });
    await set("development");
    expect((await wire.put("/api/secrets/in/turning/key", { value: 1 })).status).toBe(201);
    await set("production");
    expect((await wire.get("/api/secrets/in/turning/key")).code).toBe("forbidden");
    await set("staging");
    expect((await wire.get("/api/secrets/in/turning/key")).status).toBe(200);
  });

  it("let nobody below a tenant's administrator say which environment a path is in", async () => {
    for (const role of ["operator", "writer", "developer", "viewer"]) {
      const { wire } = await world.bearer({ roles: [role] });
      const answer = await wire.put("/api/namespaces/in/production", { environment: "development" });
      expect(answer.code).toBe("forbidden");
    }
  });

  it.each([
    ["viewer", ["ok", "forbidden", "forbidden", "forbidden", "forbidden"]],
    ["writer", ["ok", "ok", "forbidden", "forbidden", "forbidden"]],
    ["operator", ["ok", "ok", "forbidden", "forbidden", "forbidden"]],
    ["security-auditor", ["forbidden", "forbidden", "forbidden", "ok", "forbidden"]],
    ["tenant-admin", ["ok", "ok", "ok", "ok", "ok"]],
  ])("give a %s what it says", async (role, expected) => {
    const { wire } = await world.bearer({ roles: [role] });
    const key = `/api/secrets/in/none/of-${role}`;
    await world.administrator.put(key, { value: 1 });
    const answers = [
      await wire.get(key),
      await wire.put(key, { value: 2 }),
      await wire.delete(key),
      await wire.get("/api/audit/entries"),
      await wire.get("/api/keys"),
    ];
    expect(answers.map(({ code = "ok" }) => code)).toEqual(expected);
  });

  it("cannot be changed, deleted or taken for others", async () => {
    const { administrator } = world;
    for (const name of ["viewer", "admin", "global-admin"]) {
      expect((await administrator.post("/api/roles", { name, permissions: [] })).code).toBe("conflict");
      expect((await administrator.delete(`/api/roles/${name}`)).code).toBe("conflict");
      expect((await administrator.get(`/api/roles/${name}`)).json).toMatchObject({ builtIn: true });
    }
  });
});

describe("a role of one's own", () => {
  it("is written, read, listed and deleted", async () => {
    const { administrator } = world;
    const role = { name: "own", permissions: ["secret:a/**:read"], environments: ["staging"], description: "mine" };
    expect((await administrator.post("/api/roles", role)).status).toBe(201);
    expect((await administrator.post("/api/roles", role)).status).toBe(200);
    expect((await administrator.get("/api/roles/own")).json).toMatchObject({ ...role, builtIn: false, version: 2 });
    expect((await administrator.get("/api/roles?limit=1000")).text).toContain('"own"');
    expect((await administrator.delete("/api/roles/own")).json).toEqual({ name: "own", deleted: true });
    expect((await administrator.get("/api/roles/own")).code).toBe("not_found");
  });

  it("applies at once when it is written anew", async () => {
    const { administrator } = world;
    await administrator.post("/api/roles", { name: "shrinking", permissions: ["secret:in/**:read"] });
    const { wire } = await world.bearer({ roles: ["shrinking"] });
    expect((await wire.get("/api/secrets/in/none/key")).status).toBe(200);
    await administrator.post("/api/roles", { name: "shrinking", permissions: ["config:in/**:read"] });
    expect((await wire.get("/api/secrets/in/none/key")).code).toBe("forbidden");
  });

  it("with a condition holds in its environments only", async () => {
    const { wire } = await world.holderOf(["secret:in/**:read"], { environments: ["production"] });
    expect((await wire.get("/api/secrets/in/production/key")).status).toBe(200);
    expect((await wire.get("/api/secrets/in/staging/key")).code).toBe("forbidden");
    expect((await wire.get("/api/secrets/in/none/key")).code).toBe("forbidden");
  });

  it("that somebody holds is not deleted: a later one of its name would come alive in their hands", async () => {
    const { administrator } = world;
    await administrator.post("/api/roles", { name: "held", permissions: ["secret:in/**:read"] });
    const { actor, accessor } = await world.bearer({ roles: ["held"] });
    expect((await administrator.delete("/api/roles/held")).code).toBe("conflict");
    expect((await administrator.post("/api/grants:revoke", { actor, role: "held" })).status).toBe(200);
    expect((await administrator.delete("/api/roles/held")).status).toBe(200);
    await administrator.post("/api/tokens:revoke", { accessor });
  });

  it("is refused with each mistake named where it stands", async () => {
    const permissions = ["secrets:a:read", "secret:a//b:read", "secret:a:reed", "secret:a", "tenant:other:admin"];
    const answer = await world.administrator.post("/api/roles", { name: "wrong", permissions });
    expect(answer.code).toBe("invalid_input");
    const { errors } = answer.json as { readonly errors: readonly { readonly pointer: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual(permissions.map((_, index) => `/body/permissions/${index}`));
  });
});

describe("a grant", () => {
  it("is given, listed and taken, and holds from the next request", async () => {
    const { administrator } = world;
    const { wire, actor } = await world.bearer({ roles: [] });
    const read = async () => (await wire.get("/api/secrets/in/none/key")).code ?? "ok";
    expect(await read()).toBe("forbidden");
    expect((await administrator.post("/api/grants", { actor, role: "reader" })).status).toBe(201);
    expect((await administrator.post("/api/grants", { actor, role: "viewer" })).status).toBe(200);
    expect(await read()).toBe("ok");
    expect((await administrator.get("/api/grants?limit=1000")).text).toContain(actor);
    expect((await administrator.post("/api/grants:revoke", { actor, role: "viewer" })).status).toBe(200);
    expect(await read()).toBe("forbidden");
    expect((await administrator.post("/api/grants:revoke", { actor, role: "viewer" })).code).toBe("not_found");
  });

  it("goes to an actor that exists, of a role that does", async () => {
    const { administrator } = world;
    const { actor } = await world.bearer({ roles: [] });
    expect((await administrator.post("/api/grants", { actor, role: "no-such" })).code).toBe("not_found");
    const stranger = { actor: `ac_${"a".repeat(26)}`, role: "viewer" };
    expect((await administrator.post("/api/grants", stranger)).code).toBe("not_found");
  });
});

describe("nobody grants more than they hold", () => {
  const policy = ["policy::write", "policy:**:write", "policy::read"];

  it("by a token, a grant or a role", async () => {
    const { wire } = await world.holderOf([...policy, "secret:in/staging/**:read"]);
    const { actor } = await world.bearer({ roles: [] });
    for (const role of ["viewer", "tenant-admin", "global-admin", "security-auditor"]) {
      expect((await wire.post("/api/tokens", { roles: [role] })).code).toBe("forbidden");
      expect((await wire.post("/api/grants", { actor, role })).code).toBe("forbidden");
    }
    for (const permission of ["secret:in/**:read", "secret:in/staging/**:write", "secret:**:read", "*:**:*"]) {
      const answer = await wire.post("/api/roles", { name: "wider", permissions: [permission] });
      expect(["forbidden", "invalid_input"]).toContain(answer.code);
    }
    const within = { name: "within", permissions: ["secret:in/staging/key:read"] };
    expect((await wire.post("/api/roles", within)).status).toBe(201);
    expect((await wire.post("/api/tokens", { roles: ["within"] })).status).toBe(201);
  });

  it("nor a condition away: what holds in staging only is handed on for staging only", async () => {
    const { administrator } = world;
    await administrator.post("/api/roles", {
      name: "staging-only",
      permissions: ["secret:in/**:read"],
      environments: ["staging"],
    });
    await administrator.post("/api/roles", { name: "role-writer", permissions: policy });
    const { wire } = await world.bearer({ roles: ["staging-only", "role-writer"] });
    const role = { name: "anywhere", permissions: ["secret:in/**:read"] };
    expect((await wire.post("/api/roles", role)).code).toBe("forbidden");
    expect((await wire.post("/api/roles", { ...role, environments: ["staging", "production"] })).code).toBe(
      "forbidden",
    );
    expect((await wire.post("/api/roles", { ...role, environments: ["staging"] })).status).toBe(201);
  });

  it("nor does a tenant's administrator make a global one", async () => {
    const { wire, actor } = await world.bearer({ roles: ["tenant-admin"] });
    expect((await wire.post("/api/tokens", { roles: ["global-admin"] })).code).toBe("forbidden");
    expect((await wire.post("/api/grants", { actor, role: "global-admin" })).code).toBe("forbidden");
  });

  it("and a role that is widened by someone who holds more widens nobody's own power to grant", async () => {
    const { wire, actor } = await world.holderOf([...policy, "secret:in/staging/**:read"]);
    await world.administrator.post("/api/roles", { name: "theirs", permissions: ["secret:in/staging/**:read"] });
    expect((await wire.post("/api/grants", { actor, role: "theirs" })).status).toBe(201);
    await world.administrator.post("/api/roles", { name: "theirs", permissions: ["config:**:read"] });
    const other = await world.bearer({ roles: [] });
    // Held by now, and so theirs to give; what it held before is not.
    expect((await wire.post("/api/grants", { actor: other.actor, role: "theirs" })).status).toBe(201);
    expect((await wire.post("/api/grants", { actor: other.actor, role: "writer" })).code).toBe("forbidden");
  });
});

describe("why", () => {
  it("names the rule that decides, or what is missing", async () => {
    const bearer = await world.holderOf(["secret:in/staging/**:read"], { environments: ["staging"] });
    const yes = await explain(bearer, "secret", "in/staging/key", "read");
    expect(yes).toMatchObject({ allowed: true, rule: expect.stringContaining("secret:in/staging/**:read") as string });
    const no = await explain(bearer, "secret", "in/production/key", "write");
    expect(no).toMatchObject({ allowed: false, missing: ["secret:in/production/key:write"] });
    expect(no.considered).not.toHaveLength(0);
  });

  it("says the same as the gate does", async () => {
    const bearer = await world.bearer({ roles: ["developer"] });
    for (const place of ["development", "production", "none"]) {
      const { allowed } = await explain(bearer, "secret", `in/${place}/key`, "read");
      expect((await bearer.wire.get(`/api/secrets/in/${place}/key`)).status).toBe(allowed ? 200 : 403);
    }
  });

  it("tells of others only to those who may read policy", async () => {
    const { accessor } = await world.bearer({ roles: ["viewer"] });
    const question = { resource: "secret", path: "in/none/key", action: "read", accessor };
    const powerless = await world.bearer({ roles: [] });
    expect((await powerless.wire.post("/api/decisions:explain", question)).code).toBe("forbidden");
    expect((await world.administrator.post("/api/decisions:explain", question)).json).toMatchObject({ allowed: true });
  });

  it("judges canonical paths only", async () => {
    const bearer = await world.bearer({ roles: ["viewer"] });
    const question = { resource: "secret", path: "in/../in/none/key", action: "read" };
    expect((await bearer.wire.post("/api/decisions:explain", question)).code).toBe("path_not_canonical");
  });
});
