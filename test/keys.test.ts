import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rowsOf } from "./rows.ts";
import { startWorld, type World } from "./world.ts";

interface Key {
  readonly version: number;
  readonly state: "active" | "retiring" | "destroyed";
  readonly references: number;
}

let world: World;
beforeAll(async () => {
  world = await startWorld();
  (await world.administrator.post("/api/tenants", { name: "turning" })).output();
});
afterAll(() => world.stop());

const inside = () => world.administrator.with({ "holdfast-tenant": "turning" });
const keys = async () => (await inside().get("/api/keys")).output<{ readonly items: readonly Key[] }>().items;
const at = (name: string) => `/api/secrets/keys/${name}`;
const names = ["one", "two", "three"];

describe("a tenant's key-encryption key", () => {
  it("wraps a data key for each version", async () => {
    const before = (await keys())[0]?.references ?? 0;
    for (const name of names) (await inside().put(at(name), { value: name })).output();
    const [newest] = await keys();
    expect(newest).toMatchObject({ version: 1, state: "active" });
    expect(newest!.references - before).toBeGreaterThanOrEqual(names.length);
  });

  it("is rotated: data keys move over when they are read, one by one", async () => {
    const rotated = (await inside().post("/api/keys:rotate")).output<{ readonly items: readonly Key[] }>();
    expect(rotated.items.map(({ version, state }) => [version, state])).toEqual([
      [2, "active"],
      [1, "retiring"],
    ]);
    const retiring = (await keys())[1]!.references;
    for (const [index, name] of names.entries()) {
      expect((await inside().get(at(name))).json).toMatchObject({ value: name });
      expect((await keys())[1]?.references).toBe(retiring - index - 1);
      // A second read finds it moved.
      await inside().get(at(name));
      expect((await keys())[1]?.references).toBe(retiring - index - 1);
    }
  });

  it("stays good for what has not moved yet, and new versions use the newest", async () => {
    const [newest] = await keys();
    (await inside().put(at("four"), { value: "four" })).output();
    expect((await keys())[0]?.references).toBe(newest!.references + 1);
    await inside().post("/api/keys:rotate");
    await inside().post("/api/keys:rotate");
    for (const name of [...names, "four"]) expect((await inside().get(at(name))).json).toMatchObject({ value: name });
    expect((await keys())[0]).toMatchObject({ version: 4, state: "active" });
  });

  it("outlives a restart", async () => {
    const before = await keys();
    world = await world.restart();
    expect(await keys()).toEqual(before);
    for (const name of names) expect((await inside().get(at(name))).json).toMatchObject({ value: name });
  });
});

describe("a destroyed version", () => {
  it("leaves no wrapped key that could open it", async () => {
    const rows = await rowsOf(world.server);
    const count = async () => (await rows.read("SELECT 1 FROM deks")).length;
    (await inside().put(at("doomed"), { value: "doomed" })).output();
    const before = await count();
    (await inside().post(`${at("doomed")}:destroy`, { all: true })).output();
    expect(await count()).toBe(before - 1);
    expect((await inside().get(at("doomed"))).code).toBe("destroyed");
  });
});

describe("every suite", () => {
  it.each(["aes-256-gcm", "chacha20-poly1305", "xchacha20-poly1305"])(
    "opens what others sealed, and %s seals from now on",
    async (cipher) => {
      world = await world.restart({ HOLDFAST_CIPHER: cipher });
      (await inside().put(at(`by-${cipher}`), { value: cipher })).output();
      for (const name of names) expect((await inside().get(at(name))).json).toMatchObject({ value: name });
      expect((await inside().get(at(`by-${cipher}`))).json).toMatchObject({ value: cipher });
    },
  );

  it("opens side by side", async () => {
    for (const cipher of ["aes-256-gcm", "chacha20-poly1305", "xchacha20-poly1305"]) {
      expect((await inside().get(at(`by-${cipher}`))).json).toMatchObject({ value: cipher });
    }
  });
});
