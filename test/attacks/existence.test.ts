import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer, Wire } from "../wire.ts";
import { startWorld, type World } from "../world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
  for (const key of ["there", "folder/there", "deleted", "destroyed"]) {
    (await world.administrator.put(`/api/secrets/e/${key}`, { value: 1 })).output();
  }
  await world.administrator.delete("/api/secrets/e/deleted");
  await world.administrator.post("/api/secrets/e/destroyed:destroy", { all: true });
  (await world.administrator.put("/api/configs/e/config", { value: 1 })).output();
  (await world.administrator.put("/api/namespaces/e/folder", { environment: "production" })).output();
  (await world.administrator.post("/api/roles", { name: "there", permissions: ["secret:x:read"] })).output();
  (await world.administrator.post("/api/tenants", { name: "there" })).output();
});
afterAll(() => world.stop());

/** All of an answer but what is different in every answer. */
function likeness({ status, headers, text }: Answer): unknown {
  const { date, "holdfast-seq": seq, "holdfast-request-id": requestId, ...others } = headers;
  expect([typeof date, typeof seq, typeof requestId]).toEqual(["string", "string", "string"]);
  return { status, headers: others, text: text.replace(String(requestId), "") };
}

async function insistAlike(calls: readonly (() => Promise<Answer>)[]): Promise<void> {
  const answers = [];
  for (const call of calls) answers.push(await call());
  const [first, ...others] = answers.map(likeness);
  expect(first).toMatchObject({ status: expect.toSatisfy((status: number) => status >= 400) as number });
  for (const other of others) expect(other).toEqual(first);
}

describe("ATTACKS 11: whether something is there", () => {
  const keys = ["there", "folder", "deleted", "destroyed", "config", "missing", "folder/missing"];
  const overKeys = (ask: (wire: Wire, key: string) => Promise<Answer>) => async () => {
    const { wire } = await world.bearer({ roles: [] });
    await insistAlike(keys.map((key) => () => ask(wire, `/api/secrets/e/${key}`)));
  };

  it.each([
    ["read", (wire: Wire, key: string) => wire.get(key)],
    ["read-version", (wire: Wire, key: string) => wire.get(`${key}/versions/1`)],
    ["history", (wire: Wire, key: string) => wire.get(`${key}:history`)],
    ["put", (wire: Wire, key: string) => wire.put(key, { value: 1 })],
    ["put with a precondition", (wire: Wire, key: string) => wire.put(key, { value: 1, cas: 1 })],
    ["delete", (wire: Wire, key: string) => wire.delete(key, { headers: { "if-match": '"1"' } })],
    ["undelete", (wire: Wire, key: string) => wire.post(`${key}:undelete`, {})],
    ["destroy", (wire: Wire, key: string) => wire.post(`${key}:destroy`, { all: true })],
    ["list", (wire: Wire, key: string) => wire.get(`/api/secrets?prefix=${key.slice("/api/secrets/".length)}`)],
  ] as const)("is not told by %s to whoever may not do it", async (_, ask) => overKeys(ask)());

  it("is not told by namespaces, roles, tenants, grants or the ledger", async () => {
    const { wire, actor } = await world.bearer({ roles: [] });
    await insistAlike(["e/folder", "e/none"].map((path) => () => wire.get(`/api/namespaces/${path}`)));
    await insistAlike(["e/folder", "e/none"].map((path) => () => wire.delete(`/api/namespaces/${path}`)));
    await insistAlike(["there", "missing", "viewer"].map((name) => () => wire.get(`/api/roles/${name}`)));
    await insistAlike(["there", "missing", "main"].map((name) => () => wire.delete(`/api/tenants/${name}`)));
    await insistAlike([0, 1, 9_999_999].map((seq) => () => wire.get(`/api/audit/entries/${seq}:proof`)));
    await insistAlike(
      [actor, `ac_${"a".repeat(26)}`].map((one) => () => wire.post("/api/grants", { actor: one, role: "viewer" })),
    );
  });

  it("is not told of tenants to whoever is not in them", async () => {
    const { wire } = await world.bearer({ roles: ["tenant-admin"] });
    await insistAlike(
      ["there", "missing", "system"].map((tenant) => () => wire.with({ "holdfast-tenant": tenant }).get("/api/status")),
    );
  });

  it("of the other kind is not told to whoever may see one kind only", async () => {
    const { wire } = await world.holderOf(["read", "write", "delete", "list"].map((action) => `secret:e/**:${action}`));
    for (const suffix of ["", ":history", "/versions/1"]) {
      await insistAlike(["config", "missing"].map((key) => () => wire.get(`/api/secrets/e/${key}${suffix}`)));
    }
    await insistAlike(["config", "missing"].map((key) => () => wire.delete(`/api/secrets/e/${key}`)));
    await insistAlike(
      ["config", "missing"].map((key) => () => wire.post(`/api/secrets/e/${key}:destroy`, { all: true })),
    );
    expect((await wire.get("/api/tree?prefix=e")).text).not.toContain("config");
  });

  it("a token is that does not hold is not told: all that do not hold answer alike", async () => {
    const revoked = await world.bearer({ roles: ["viewer"] });
    await world.administrator.post("/api/tokens:revoke", { accessor: revoked.accessor });
    const spent = await world.bearer({ roles: ["viewer"], uses: 1 });
    await spent.wire.get("/api/status");
    const expired = await world.bearer({ roles: ["viewer"], ttlSeconds: 1 });
    const { expiresAt } = (await expired.wire.get("/api/tokens/self")).output<{ readonly expiresAt: string }>();
    const ended = await world.bearer({ roles: ["viewer"] }, "there");
    await world.administrator.delete("/api/tenants/there");
    await wait(Math.max(0, Date.parse(expiresAt) - Date.now()) + 20);
    const tokens = [revoked, spent, expired, ended].map(({ token }) => token);
    tokens.push(`hft_${"A".repeat(43)}`, "hft_", revoked.accessor, "x".repeat(5000));
    const target = "/api/secrets/e/there";
    await insistAlike([
      () => world.stranger.get(target),
      ...tokens.map((token) => () => world.stranger.bearing(token).get(target)),
      ...["there", "missing"].map((tenant) => () => world.stranger.with({ "holdfast-tenant": tenant }).get(target)),
    ]);
  });
});
