import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entriesFrom, nextSeq } from "./ledger.ts";
import { type Bearer, startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const self = ({ wire }: Bearer) => wire.get("/api/tokens/self");

describe("a token", () => {
  it("is shown once, and is nowhere to be had after", async () => {
    const { token, accessor } = await world.bearer({ roles: ["viewer"], name: "shown-once" });
    expect(token).toMatch(/^hft_[A-Za-z0-9_-]{43}$/);
    const list = await world.administrator.get("/api/tokens?limit=1000");
    expect(list.text).toContain(accessor);
    expect(list.text).not.toContain("hft_");
  });

  it("belongs to a new actor with the roles given, under their own names", async () => {
    const one = await world.bearer({ roles: ["reader", "viewer", "auditor"] });
    const other = await world.bearer({ roles: ["viewer"] });
    expect(one.actor).not.toBe(other.actor);
    expect((await self(one)).json).toMatchObject({
      credential: "token",
      accessor: one.accessor,
      actor: one.actor,
      roles: ["security-auditor", "viewer"],
    });
  });

  it("without roles named is one more credential of its maker", async () => {
    const maker = await world.bearer({ roles: ["tenant-admin"] });
    const made = (await maker.wire.post("/api/tokens", {})).output<{
      readonly token: string;
      readonly actor: string;
    }>();
    expect(made.actor).toBe(maker.actor);
    expect((await world.stranger.bearing(made.token).get("/api/tokens/self")).json).toMatchObject({
      actor: maker.actor,
      roles: ["tenant-admin"],
    });
  });

  it("is looked up by itself or by its accessor", async () => {
    const { token, accessor } = await world.bearer({ roles: ["viewer"], uses: 9, ttlSeconds: 60 });
    for (const which of [{ token }, { accessor }]) {
      const answer = await world.administrator.post("/api/tokens:lookup", which);
      expect(answer.json).toMatchObject({ accessor, roles: ["viewer"], usesLeft: 9 });
      expect(answer.text).not.toContain(token);
    }
    expect((await world.administrator.post("/api/tokens:lookup", { token, accessor })).code).toBe("invalid_input");
    expect((await world.administrator.post("/api/tokens:lookup", {})).code).toBe("invalid_input");
  });

  it("ends when it is revoked, from the next request on", async () => {
    const bearer = await world.bearer({ roles: ["viewer"] });
    expect((await self(bearer)).status).toBe(200);
    const { accessor } = bearer;
    expect((await world.administrator.post("/api/tokens:revoke", { accessor })).json).toEqual({
      accessor,
      revoked: true,
    });
    expect((await self(bearer)).code).toBe("unauthenticated");
    expect((await world.administrator.post("/api/tokens:revoke", { accessor })).code).toBe("not_found");
  });

  it("may end itself, also with its last use; a peer of the socket has none to end", async () => {
    for (const limits of [{}, { uses: 1 }, { uses: 2 }]) {
      const bearer = await world.bearer({ roles: ["viewer"], ...limits });
      expect((await bearer.wire.post("/api/tokens/self:revoke")).json).toEqual({
        accessor: bearer.accessor,
        revoked: true,
      });
      expect((await self(bearer)).code).toBe("unauthenticated");
    }
    expect((await world.administrator.post("/api/tokens/self:revoke")).code).toBe("conflict");
  });

  it("ends with its time", async () => {
    const bearer = await world.bearer({ roles: ["viewer"], ttlSeconds: 1 });
    const { expiresAt } = (await self(bearer)).output<{ readonly expiresAt: string }>();
    await wait(Math.max(0, Date.parse(expiresAt) - Date.now()) + 20);
    expect((await self(bearer)).code).toBe("unauthenticated");
  });

  it("ends with its uses, of which a refused call is one, and an unknown credential's is none", async () => {
    const bearer = await world.bearer({ roles: ["viewer"], uses: 3 });
    expect((await self(bearer)).json).toMatchObject({ usesLeft: 3 });
    expect((await bearer.wire.put("/api/secrets/no", { value: 1 })).code).toBe("forbidden");
    expect((await bearer.wire.get("/api/status?what=1")).code).toBe("invalid_input");
    const start = await nextSeq(world.administrator);
    for (let times = 0; times < 3; times += 1) expect((await self(bearer)).code).toBe("unauthenticated");
    const entries = await entriesFrom(world.administrator, start);
    expect(entries.map(({ outcome, reason }) => [outcome, reason])).toEqual(
      Array.from({ length: 3 }, () => ["denied", "unauthenticated"]),
    );
  });

  it("ends with the one that made it, however far up that is", async () => {
    const parent = await world.bearer({ roles: ["tenant-admin"] });
    const childOf = async (maker: Bearer): Promise<Bearer> => {
      const made = (await maker.wire.post("/api/tokens", { roles: ["tenant-admin"] })).output<Omit<Bearer, "wire">>();
      return { ...made, wire: world.stranger.bearing(made.token) };
    };
    const child = await childOf(parent);
    const grandchild = await childOf(child);
    expect((await self(grandchild)).status).toBe(200);
    await world.administrator.post("/api/tokens:revoke", { accessor: parent.accessor });
    expect((await self(grandchild)).code).toBe("unauthenticated");
    expect((await self(child)).code).toBe("unauthenticated");
  });

  it("is made by tokens only so many levels deep", async () => {
    let bearer = await world.bearer({ roles: ["tenant-admin"] });
    const codes: (string | undefined)[] = [];
    for (let depth = 0; depth < 10 && codes.at(-1) === undefined; depth += 1) {
      const answer = await bearer.wire.post("/api/tokens", {});
      codes.push(answer.code);
      if (answer.status !== 201) break;
      const made = answer.output<Omit<Bearer, "wire">>();
      bearer = { ...made, wire: world.stranger.bearing(made.token) };
      expect((await self(bearer)).status).toBe(200);
    }
    expect(codes.at(-1)).toBe("conflict");
  });

  it("of a role that does not exist is not made", async () => {
    expect((await world.administrator.post("/api/tokens", { roles: ["no-such"] })).code).toBe("not_found");
  });
});

describe("a list of tokens", () => {
  it("comes in pages", async () => {
    for (let count = 0; count < 3; count += 1) await world.bearer({ roles: ["viewer"] });
    const accessors: string[] = [];
    let after = "";
    do {
      const answer = await world.administrator.get(`/api/tokens?limit=2${after}`);
      const { items, next } = answer.output<{ items: { accessor: string }[]; next?: string }>();
      accessors.push(...items.map(({ accessor }) => accessor));
      after = next === undefined ? "" : `&after=${next}`;
    } while (after !== "");
    expect(new Set(accessors).size).toBe(accessors.length);
    const all = (await world.administrator.get("/api/tokens?limit=1000")).output<{ items: unknown[] }>();
    expect(accessors).toHaveLength(all.items.length);
  });
});

describe("a presented credential", () => {
  it("takes the place of the peer's at the socket", async () => {
    const { token, actor } = await world.bearer({ roles: ["viewer"] });
    const bearing = world.administrator.bearing(token);
    expect((await bearing.get("/api/tokens/self")).json).toMatchObject({ actor, roles: ["viewer"] });
    expect((await bearing.put("/api/secrets/a", { value: 1 })).code).toBe("forbidden");
  });

  it("that does not hold never falls back to the peer's, and two are none", async () => {
    const { administrator } = world;
    const { token } = await world.bearer({ roles: ["viewer"] });
    const headers = [`bearer ${token}x`, "", "Bearer", `Bearer ${token} ${token}`, `Basic ${token}`, token];
    for (const authorization of headers) {
      expect((await administrator.with({ authorization }).get("/api/status")).code).toBe("unauthenticated");
    }
    const authorization = [`Bearer ${token}`, `Bearer ${token}`];
    expect((await administrator.get("/api/status", { headers: { authorization } })).status).toBe(401);
  });
});
