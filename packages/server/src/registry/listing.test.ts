import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { definition, otherTenantId, tenantId } from "@holdfast/spine/keyring.fixture";
import { nodeRow, nodesTable } from "./store.ts";
import { namespacesTable } from "@holdfast/spine/tenants";
import { openRegistry, outcomeOf, type RegistryBench } from "./registry.fixture.ts";
import { standingFolders } from "./standing-tree.ts";

let bench: RegistryBench;
beforeAll(async () => {
  bench = await openRegistry();
});
afterAll(() => bench.close());

interface Page {
  readonly items: readonly { readonly key?: string; readonly path?: string; readonly kind: string }[];
  readonly next?: string;
}

async function page(name: string, query = {}, tenant = tenantId): Promise<Page> {
  const answer = await bench.call(name, { query, tenant });
  expect(answer).toMatchObject({ ok: true });
  return outcomeOf(answer) as Page;
}

const textOf = ({ key, path, kind }: Page["items"][number]) => key ?? (kind === "directory" ? `${path}/` : `${path}`);

/** Every page, one after the other. */
async function everything(name: string, query = {}, tenant = tenantId): Promise<string[]> {
  const found: string[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 10_000; pages++) {
    const { items, next } = await page(name, { ...query, ...(after !== undefined && { after }) }, tenant);
    found.push(...items.map(textOf));
    if (next === undefined) return found;
    after = next;
  }
  throw new Error("the listing does not end");
}

/** Keys as rows alone: listings never look at values. */
async function addKeys(
  tenant: string,
  paths: readonly string[],
  kind: "secret" | "config" = "secret",
  state = "live" as const,
) {
  const times = { createdAt: bench.now, updatedAt: bench.now };
  const changes = paths.map((path, index) => {
    const nodeId = `nd_${Buffer.from(`${kind}${index}`).toString("hex")}`;
    const row = nodeRow(tenant, { path, nodeId, kind, state, latest: 1, ...times });
    return { put: nodesTable, row, expect: 0 };
  });
  for (let at = 0; at < changes.length; at += 1000) await bench.commit(changes.slice(at, at + 1000));
}

async function removeKeys(tenant: string, paths: readonly string[]) {
  await bench.commit(paths.map((path) => ({ delete: nodesTable, key: { tenant, path }, expect: 1 })));
}

describe("the standing tree", () => {
  it("shows from the start, although nothing is in it", async () => {
    expect((await everything("registry.tree")).filter((path) => standingFolders.includes(path.slice(0, -1)))).toEqual(
      standingFolders.map((path) => `${path}/`),
    );
    const top = await everything("secret.list");
    expect(top).toEqual(["applications/", "security/", "system/", "user/"]);
    expect(await everything("secret.list", { recursive: true })).toEqual([]);
  });

  it("shows only to those who may list there", async () => {
    const denied = ["secret:system/kernel:list", "config:system/kernel:list"];
    for (const permission of denied) bench.denied.add(permission);
    expect(await everything("registry.tree", { prefix: "system" })).toEqual(["system/network/", "system/services/"]);
    for (const permission of denied) bench.denied.delete(permission);
  });
});

describe("a listing", () => {
  it("shows keys of its kind with version and time, and folders with a slash", async () => {
    await bench.put("user/ada/token", 1);
    await bench.put("user/ada/token", 2);
    await bench.put("user/ada/keys/ssh", 1);
    await bench.call("config.put", { params: { key: "user/ada/shell" }, body: { value: "zsh" } });
    expect(await page("secret.list", { prefix: "user/ada" })).toEqual({
      items: [
        { key: "user/ada/keys/", kind: "directory" },
        { key: "user/ada/token", kind: "secret", version: 2, updatedAt: "2026-07-01T00:00:00.000Z" },
      ],
    });
    expect(await everything("config.list", { prefix: "user/ada" })).toEqual(["user/ada/shell"]);
    expect(await everything("secret.list", { prefix: "user", recursive: true })).toEqual([
      "user/ada/keys/ssh",
      "user/ada/token",
    ]);
  });

  it("leaves out what is deleted, and folders in which nothing is left", async () => {
    await bench.put("user/bob/keys/ssh", 1);
    expect(await everything("secret.list", { prefix: "user/bob" })).toEqual(["user/bob/keys/"]);
    await bench.call("secret.delete", { params: { key: "user/bob/keys/ssh" } });
    expect(await everything("secret.list", { prefix: "user/bob" })).toEqual([]);
    expect(await everything("registry.tree", { prefix: "user/bob" })).toEqual([]);
  });

  it("shows neither a key that its caller may not list nor the folder that holds nothing else", async () => {
    await bench.put("user/eve/hidden/key", 1);
    await bench.put("user/eve/shown", 1);
    bench.denied.add("secret:user/eve/hidden/key:list");
    expect(await everything("secret.list", { prefix: "user/eve" })).toEqual(["user/eve/shown"]);
    expect(await everything("registry.tree", { prefix: "user/eve" })).toEqual(["user/eve/shown"]);
  });

  it("takes a cursor only from the listing it belongs to", async () => {
    for (const key of ["user/lin/a", "user/lin/b"]) await bench.put(key, 1);
    const { next } = await page("secret.list", { prefix: "user/lin", limit: 1 });
    expect(next).not.toContain("lin");
    const queries = [
      { prefix: "user/ada", after: next },
      { prefix: "user/lin", recursive: true, after: next },
      { prefix: "user/lin", after: "AAAA" },
      { prefix: "user/lin", after: "no cursor at all" },
    ];
    for (const query of queries) {
      expect(outcomeOf(await bench.call("secret.list", { query: query as never }))).toBe("invalid_input");
    }
    expect(outcomeOf(await bench.call("config.list", { query: { prefix: "user/lin", after: next! } }))).toBe(
      "invalid_input",
    );
  });

  it("refuses a folder in another spelling", async () => {
    for (const name of ["secret.list", "registry.tree"]) {
      expect(outcomeOf(await bench.call(name, { query: { prefix: "user/" } }))).toBe("path_not_canonical");
    }
  });

  it("stops after so many rows that do not show, and goes on from there without naming them", async () => {
    const hidden = Array.from({ length: 3000 }, (_, index) => `user/many/hidden-${String(index).padStart(4, "0")}`);
    await addKeys(tenantId, hidden, "config");
    await bench.put("user/many/shown", 1);
    const first = await page("secret.list", { prefix: "user/many" });
    expect(first.items).toEqual([]);
    expect(Buffer.from(first.next!, "base64url").toString("latin1")).not.toContain("hidden");
    expect(await everything("secret.list", { prefix: "user/many" })).toEqual(["user/many/shown"]);
  });

  it("passes a large folder without looking into it", async () => {
    const inside = Array.from({ length: 2500 }, (_, index) => `user/zoe/large/key-${String(index).padStart(4, "0")}`);
    await addKeys(tenantId, [...inside, "user/zoe/large0", "user/zoe/later"]);
    expect(await page("secret.list", { prefix: "user/zoe" })).toMatchObject({
      items: [{ key: "user/zoe/large/" }, { key: "user/zoe/large0" }, { key: "user/zoe/later" }],
    });
  });

  it("shows one position of the registry, and does not start again because others write", async () => {
    await bench.put("user/ida/one", 1);
    const [list, write] = await Promise.all([
      page("secret.list", { prefix: "user/ida" }),
      bench.put("user/ida/two", 1),
    ]);
    expect(write).toMatchObject({ ok: true, plan: { writes: [`path:${tenantId}/user/ida/two`] } });
    expect(list.items.map(textOf)).toContain("user/ida/one");
    const after = await page("secret.list", { prefix: "user/ida" });
    expect(after.items.map(textOf)).toEqual(["user/ida/one", "user/ida/two"]);
  });
});

describe("the tree", () => {
  it("goes as deep as asked and names the environment", async () => {
    const row = {
      tenant: tenantId,
      path: "applications/shop",
      environment: "production",
      created_at: 0,
      updated_at: 0,
    };
    await bench.commit([{ put: namespacesTable, row, expect: 0 }], [`namespaces:${tenantId}`]);
    await bench.put("applications/shop/config/db-password", 1);
    const production = { environment: "production" };
    expect(await page("registry.tree", { prefix: "applications" })).toEqual({
      items: [
        { path: "applications/shop", kind: "directory", ...production },
        { path: "applications/shop/config", kind: "directory", ...production },
        { path: "applications/shop/config/db-password", kind: "secret", version: 1, ...production },
      ],
    });
    expect(await everything("registry.tree", { prefix: "applications", depth: 1 })).toEqual(["applications/shop/"]);
    expect(outcomeOf(await bench.read("applications/shop/config/db-password"))).toMatchObject(production);
  });

  it("records what was looked at, not what was found", async () => {
    const answer = await bench.call("registry.tree", { query: { prefix: "user" } });
    expect(answer).toMatchObject({
      plan: { resource: definition("registry.tree").entryResource, facts: { prefix: "user" } },
    });
  });
});

describe("paging", () => {
  /** What a listing is, said slowly: sort everything, show what may be shown with the folders above it. */
  function reference(
    paths: readonly string[],
    denied: ReadonlySet<string>,
    depth: number,
    hasFolders: boolean,
  ): string[] {
    const shown = new Set<string>();
    for (const path of paths) {
      if (denied.has(path)) continue;
      const segments = path.split("/");
      const levels = Math.min(segments.length - 1, depth);
      for (let level = 1; hasFolders && level <= levels; level++) shown.add(`${segments.slice(0, level).join("/")}/`);
      if (segments.length <= depth) shown.add(path);
    }
    return [...shown].toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  }

  const segment = fc.constantFrom("a", "b", "a-b", "a.b", "a0", "é", "𝒜", "\uff21", "ab");
  const pathSet = fc.uniqueArray(
    fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/")),
    { maxLength: 40 },
  );
  const query = fc.record({ depth: fc.integer({ min: 1, max: 4 }), limit: fc.integer({ min: 1, max: 7 }) });

  it("shows each path once and in order, whatever is hidden and however small the pages are", async () => {
    const property = fc.asyncProperty(
      pathSet,
      fc.infiniteStream(fc.boolean()),
      query,
      async (paths, coins, { depth, limit }) => {
        const usable = paths.filter((path) => !path.includes("\uff21"));
        const denied = new Set(usable.filter(() => coins.next().value));
        for (const path of denied) bench.denied.add(`secret:${path}:list`);
        await addKeys(otherTenantId, usable);
        try {
          const walked = [
            await everything("registry.tree", { depth, limit }, otherTenantId),
            await everything("secret.list", { limit }, otherTenantId),
            await everything("secret.list", { limit, recursive: true }, otherTenantId),
          ];
          const expected = [
            reference(usable, denied, depth, true),
            reference(usable, denied, 1, true),
            reference(usable, denied, Infinity, false),
          ];
          expect(walked).toEqual(expected);
        } finally {
          await removeKeys(otherTenantId, usable);
          bench.denied.clear();
        }
      },
    );
    await fc.assert(property, { numRuns: 40 });
  });
});
