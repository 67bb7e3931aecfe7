import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entryOf } from "./ledger.ts";
import { measured } from "./program/program.ts";
import { startWorld, type World } from "./world.ts";

interface Version {
  readonly key: string;
  readonly version: number;
  readonly state: string;
  readonly value?: unknown;
  readonly environment?: string;
}

interface Page {
  readonly items: readonly { readonly key: string; readonly path: string; readonly kind: string }[];
  readonly next?: string;
}

let world: World;
beforeAll(async () => {
  world = await startWorld({}, measured);
});
afterAll(() => world.stop());

const at = (key: string, suffix = "") => `/api/secrets/${key}${suffix}`;
const write = async (key: string, value: unknown) =>
  (await world.administrator.put(at(key), { value })).output<Version>();
const read = (key: string, suffix = "") => world.administrator.get(at(key, suffix));

describe("a new tenant", () => {
  it("has the standing tree from the start (S8)", async () => {
    const { items } = (await world.administrator.get("/api/tree")).output<Page>();
    const expected = [
      "applications",
      "security",
      "security/audit",
      "security/firewall",
      "system",
      "system/kernel",
      "system/network",
      "system/services",
      "user",
    ];
    expect(items.map(({ path }) => path)).toEqual(expected);
    expect(new Set(items.map(({ kind }) => kind))).toEqual(new Set(["directory"]));
  });

  it("keeps the standing folders: nothing is written over one or deletes one", async () => {
    const { administrator } = world;
    expect((await administrator.put(at("system/kernel"), { value: 1 })).code).toBe("conflict");
    expect((await administrator.delete(at("system/kernel"))).code).toBe("not_found");
  });
});

describe("a key", () => {
  it("has a version for each write, and each stays readable", async () => {
    expect(await write("a/versions-of/one", "first")).toMatchObject({ version: 1, state: "live" });
    expect(await write("a/versions-of/one", "second")).toMatchObject({ version: 2 });
    expect((await read("a/versions-of/one")).json).toMatchObject({ version: 2, value: "second" });
    expect((await read("a/versions-of/one", "/versions/1")).json).toMatchObject({ version: 1, value: "first" });
    expect((await read("a/versions-of/one", "/versions/3")).code).toBe("not_found");
  });

  it("tells who wrote what, when, why, and with which facts, but not the value, in its history", async () => {
    const metadata = { owner: "shop", port: 5432, isPrimary: true, none: null };
    const body = { value: "hidden", note: "first of all", metadata };
    (await world.administrator.put(at("a/history"), body)).output();
    await write("a/history", "again");
    const answer = await read("a/history", ":history");
    const { items } = answer.output<{ readonly items: readonly Record<string, unknown>[] }>();
    expect(items.map(({ version }) => version)).toEqual([2, 1]);
    expect(items[1]).toMatchObject({ note: "first of all", metadata, size: 8, state: "live" });
    expect(items[1]?.["createdBy"]).toMatch(/^ac_/);
    expect(answer.text).not.toContain("hidden");
  });

  it("has a history in pages", async () => {
    for (let count = 0; count < 5; count += 1) await write("a/long", count);
    const first = (await read("a/long", ":history?limit=2")).output<{ items: Version[]; next: number }>();
    expect(first.items.map(({ version }) => version)).toEqual([5, 4]);
    const second = (await read("a/long", `:history?limit=9&before=${first.next}`)).output<{ items: Version[] }>();
    expect(second.items.map(({ version }) => version)).toEqual([3, 2, 1]);
    expect(second).not.toHaveProperty("next");
  });

  it("is made by POST only once, by PUT as often as one likes", async () => {
    const { administrator } = world;
    const body = { key: "a/once", value: 1 };
    expect((await administrator.post("/api/secrets", body)).status).toBe(201);
    expect((await administrator.post("/api/secrets", body)).code).toBe("already_exists");
    expect((await administrator.put(at("a/once"), { value: 2 })).status).toBe(200);
    expect((await administrator.put(at("a/twice"), { value: 2 })).status).toBe(201);
  });

  it("is written by check-and-set only over the version that is named", async () => {
    const put = (cas: number) => world.administrator.put(at("a/cas"), { value: cas, cas });
    expect((await put(1)).code).toBe("version_mismatch");
    expect((await put(0)).status).toBe(201);
    expect((await put(0)).code).toBe("version_mismatch");
    expect((await put(1)).status).toBe(200);
    expect((await read("a/cas")).json).toMatchObject({ version: 2, value: 1 });
  });

  it("holds one kind only", async () => {
    await write("a/kind", 1);
    expect((await world.administrator.put("/api/configs/a/kind", { value: 1 })).code).toBe("conflict");
    expect((await world.administrator.get("/api/configs/a/kind")).code).toBe("not_found");
  });

  it("names its node and version in the ledger, and never its path", async () => {
    const { seq } = await world.administrator.put(at("a/person/jane-doe"), { value: 1 });
    const entry = await entryOf(world.administrator, seq);
    expect(entry.resource).toMatch(/^secret:nd_[a-z2-7]{26}@1$/);
    expect(JSON.stringify(entry)).not.toContain("jane");
  });
});

describe("a deleted key", () => {
  it("does not answer, shows in no list, and comes back unchanged", async () => {
    await write("b/gone", "kept");
    expect((await world.administrator.delete(at("b/gone"))).json).toMatchObject({ version: 1, state: "deleted" });
    expect((await read("b/gone")).code).toBe("deleted");
    expect((await world.administrator.delete(at("b/gone"))).code).toBe("deleted");
    expect((await world.administrator.get("/api/secrets?prefix=b")).json).toEqual({ items: [] });
    expect((await world.administrator.post(at("b/gone", ":undelete"), {})).json).toMatchObject({ state: "live" });
    expect((await read("b/gone")).json).toMatchObject({ version: 1, value: "kept" });
  });

  it("is made again by POST, and its versions go on", async () => {
    await write("b/again", "old");
    await world.administrator.delete(at("b/again"));
    const made = await world.administrator.post("/api/secrets", { key: "b/again", value: "new" });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ version: 2 });
    expect((await read("b/again", "/versions/1")).code).toBe("deleted");
  });
});

describe("a destroyed version", () => {
  it("opens no more, others do, and versions never restart", async () => {
    for (const value of ["one", "two", "three"]) await write("c/destroyed", value);
    const answer = await world.administrator.post(at("c/destroyed", ":destroy"), { versions: [1, 3] });
    expect(answer.json).toMatchObject({ destroyed: [1, 3] });
    expect((await read("c/destroyed")).code).toBe("destroyed");
    expect((await read("c/destroyed", "/versions/1")).code).toBe("destroyed");
    expect((await read("c/destroyed", "/versions/2")).json).toMatchObject({ value: "two" });
    expect((await world.administrator.post(at("c/destroyed", ":undelete"), { version: 1 })).code).toBe("destroyed");
    expect(await write("c/destroyed", "four")).toMatchObject({ version: 4 });
  });

  it("may be all of them at once, and says what still has to happen", async () => {
    for (const value of ["one", "two"]) await write("c/all", value);
    const answer = await world.administrator.post(at("c/all", ":destroy"), { all: true });
    const { destroyed, pending } = answer.output<{ destroyed: number[]; pending: string[] }>();
    expect(destroyed.toSorted((one, other) => one - other)).toEqual([1, 2]);
    expect(pending).not.toHaveLength(0);
    expect((await read("c/all", ":history")).text).not.toContain('"live"');
  });

  it("is named, or all are: never both, never neither", async () => {
    await write("c/which", 1);
    for (const body of [{}, { all: true, versions: [1] }, { versions: [] }, { all: false }]) {
      expect((await world.administrator.post(at("c/which", ":destroy"), body)).code).toBe("invalid_input");
    }
    expect((await read("c/which")).status).toBe(200);
  });
});

describe("lists", () => {
  beforeAll(async () => {
    for (const key of ["a", "b/one", "b/two", "b-c/one", "c"]) await write(`l/${key}`, 1);
    (await world.administrator.put("/api/configs/l/b/three", { value: 1 })).output();
  });
  const keysOf = async (target: string) =>
    (await world.administrator.get(target)).output<Page>().items.map(({ key, path }) => key ?? path);

  it("show one folder, its folders with a slash at the end, and one kind", async () => {
    expect((await keysOf("/api/secrets?prefix=l")).sort()).toEqual(["l/a", "l/b-c/", "l/b/", "l/c"]);
    expect(await keysOf("/api/configs?prefix=l")).toEqual(["l/b/"]);
  });

  it("show all below, without folders, when asked to", async () => {
    const keys = await keysOf("/api/secrets?prefix=l&recursive=true");
    expect(keys.sort()).toEqual(["l/a", "l/b-c/one", "l/b/one", "l/b/two", "l/c"]);
  });

  it("end where their folder ends, not where its name does", async () => {
    expect(await keysOf("/api/secrets?prefix=l/b&recursive=true")).toEqual(["l/b/one", "l/b/two"]);
  });

  it("come in pages that leave out nothing and repeat nothing", async () => {
    for (const what of ["secrets?recursive=true&", "tree?"]) {
      const whole = await keysOf(`/api/${what}prefix=l&limit=100`);
      const paged: string[] = [];
      let after = "";
      do {
        const answer = await world.administrator.get(`/api/${what}prefix=l&limit=2${after}`);
        const { items, next } = answer.output<Page>();
        expect(items.length).toBeLessThanOrEqual(2);
        paged.push(...items.map(({ key, path }) => key ?? path));
        after = next === undefined ? "" : `&after=${encodeURIComponent(next)}`;
      } while (after !== "");
      expect(paged).toEqual(whole);
    }
  });

  it("take no cursor but their own", async () => {
    expect((await world.administrator.get("/api/tree?after=l/a")).code).toBe("invalid_input");
  });

  it("show the tree of both kinds with its folders, to the depth asked for", async () => {
    const { items } = (await world.administrator.get("/api/tree?prefix=l&depth=1")).output<Page>();
    expect(items.map(({ path, kind }) => `${path} ${kind}`)).toEqual(
      expect.arrayContaining(["l/a secret", "l/b directory", "l/b-c directory"]),
    );
    expect(items.filter(({ path }) => path.startsWith("l/b/"))).toEqual([]);
  });
});

describe("the environment of a namespace", () => {
  const environmentOf = async (path: string) => (await world.administrator.get(`/api/namespaces/${path}`)).json;
  const set = (path: string, environment: string, cas?: number) =>
    world.administrator.put(`/api/namespaces/${path}`, { environment, ...(cas !== undefined && { cas }) });

  it("holds for all below it, until something nearer says otherwise", async () => {
    expect((await set("n", "production")).status).toBe(201);
    expect((await set("n/test", "staging")).status).toBe(201);
    expect(await environmentOf("n")).toMatchObject({ environment: "production" });
    expect(await environmentOf("n/live/deep")).toMatchObject({ environment: "production", inheritedFrom: "n" });
    expect(await environmentOf("n/test/deep")).toMatchObject({ environment: "staging", inheritedFrom: "n/test" });
    expect((await world.administrator.get("/api/namespaces/nn")).code).toBe("not_found");
    await write("n/test/key", 1);
    expect((await read("n/test/key")).json).toMatchObject({ environment: "staging" });
  });

  it("is written by check-and-set, and inherits again once removed", async () => {
    expect((await set("n/test", "development", 7)).code).toBe("version_mismatch");
    expect((await set("n/test", "development", 1)).status).toBe(200);
    expect((await world.administrator.delete("/api/namespaces/n/test")).json).toEqual({
      path: "n/test",
      removed: true,
    });
    expect(await environmentOf("n/test")).toMatchObject({ environment: "production", inheritedFrom: "n" });
    expect((await world.administrator.delete("/api/namespaces/n/test")).code).toBe("not_found");
  });
});
