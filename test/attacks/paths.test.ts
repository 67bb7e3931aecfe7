import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { entriesFrom, nextSeq } from "../ledger.ts";
import type { Wire } from "../wire.ts";
import { startWorld, type World } from "../world.ts";

let world: World;
/** May read below `a/public`, and write there. */
let outsider: Wire;
beforeAll(async () => {
  world = await startWorld();
  for (const key of ["a/private/key", "a/public/key", "a/public-not/key"]) {
    (await world.administrator.put(`/api/secrets/${key}`, { value: `value of ${key}` })).output();
  }
  const permissions = ["read", "write", "delete", "list"].map((action) => `secret:a/public/**:${action}`);
  outsider = (await world.holderOf(permissions)).wire;
});
afterAll(() => world.stop());

/** Spellings that someone, somewhere on the way, takes for `a/private/key`. */
const spellings = [
  "a/public/../private/key",
  "a/public/%2e%2e/private/key",
  "a/public/%2E%2e/private/key",
  "a/public/.%2e/private/key",
  "a/public/..%2fprivate/key",
  "a/public%2f..%2fprivate%2fkey",
  "a/public/%252e%252e/private/key",
  "a/public/..%252fprivate%252fkey",
  "a/public/..\\private\\key",
  "a/public/..%5cprivate%5ckey",
  "a/public/%c0%ae%c0%ae/private/key",
  "a/public/%e0%80%ae%e0%80%ae/private/key",
  "a/public/%u002e%u002e/private/key",
  "a/public/..%00/private/key",
  "a/public/\uff0e\uff0e/private/key",
  "a/public/%ef%bc%8e%ef%bc%8e/private/key",
  "a/public/..%ef%bc%8fprivate/key",
  "a/public/%e2%80%ae/../private/key",
  "a/./private/key",
  "a//private/key",
  "/a/private/key",
  "%2fa/private/key",
  "a/private/key/",
  "a/private/key%2f",
  "a/private/key%20",
  "a/private/key%09",
  "a/private/key%0a",
  "a/private/key%00",
  "a/private/key%23",
  "a/private/key%3f",
  "a/private/key%3ahistory",
  "a/private/%6bey%",
  "a/private/ke%79%zz",
  "a/private/key\u200b",
  "a/private/key%e2%80%8b",
];

describe("ATTACKS 1: another spelling of a path", () => {
  it.each(spellings)("%j is refused to everyone, in a target", async (spelling) => {
    const raw = Buffer.from(spelling).toString("latin1");
    const start = await nextSeq(world.administrator);
    for (const wire of [outsider, world.administrator]) {
      for (const suffix of ["", "/versions/1", ":history"]) {
        const answer = await wire.get(`/api/secrets/${raw}${suffix}`);
        // What is not ASCII never becomes a request.
        expect(["path_not_canonical", "forbidden", "invalid_input"]).toContain(answer.code);
        expect(answer.text).not.toContain("value of");
      }
    }
    const entries = await entriesFrom(world.administrator, start);
    expect(entries.filter(({ outcome }) => outcome === "ok")).toEqual([]);
  });

  it("is refused in a body, a query and for a namespace just as well", async () => {
    const decoded = spellings.flatMap((spelling) => {
      try {
        return [decodeURIComponent(spelling)];
      } catch {
        return [];
      }
    });
    for (const path of decoded) {
      const body = { resource: "secret", path, action: "read" };
      const answers = [
        await outsider.post("/api/secrets", { key: path, value: 1 }),
        await world.administrator.get(`/api/secrets?prefix=${encodeURIComponent(path)}`),
        await world.administrator.get(`/api/tree?prefix=${encodeURIComponent(path)}`),
        await world.administrator.get(`/api/audit/entries?path=${encodeURIComponent(path)}`),
        await world.administrator.put(`/api/namespaces/${encodeURIComponent(path)}`, { environment: "staging" }),
        await world.administrator.post("/api/decisions:explain", body),
      ];
      expect(answers.map(({ code }) => `${path} ${code}`)).toEqual(answers.map(() => `${path} path_not_canonical`));
    }
  });

  it("mixed Unicode forms are one key or none", async () => {
    const { administrator } = world;
    expect((await administrator.put("/api/secrets/u/caf%C3%A9", { value: 1 })).status).toBe(201);
    expect((await administrator.get("/api/secrets/u/cafe%CC%81")).code).toBe("path_not_canonical");
    expect((await administrator.put("/api/secrets/u/%EF%AC%81le", { value: 1 })).code ?? "ok").toMatch(
      /ok|path_not_canonical/,
    );
  });

  it("%25 stands for nothing: what would be decoded twice is refused", async () => {
    expect((await world.administrator.put("/api/secrets/a/100%25", { value: 1 })).code).toBe("path_not_canonical");
  });

  it("what is syntax to others only means itself", async () => {
    (await world.administrator.put("/api/secrets/l/..;/key;x=1&y=2", { value: 1 })).output();
    expect((await world.administrator.get("/api/secrets/l/..%3b/key;x=1%26y=2")).status).toBe(200);
    expect((await world.administrator.get("/api/secrets/l/key")).code).toBe("not_found");
  });

  it("a folder's name that another's begins with is another folder", async () => {
    expect((await outsider.get("/api/secrets/a/public-not/key")).code).toBe("forbidden");
    expect((await outsider.get("/api/secrets/a/publi")).code).toBe("forbidden");
  });
});

describe("ATTACKS 7: wildcards in what is put into a rule", () => {
  it("cannot stand in a path, so that no template of a path widens a permission", async () => {
    for (const name of ["*", "**", "a*", "+", ",", "a,b", "a+b", "{a,b}", "[ab]", "?", "$"]) {
      const answer = await world.administrator.put(`/api/secrets/w/${encodeURIComponent(name)}`, { value: 1 });
      const isLiteral = !/[*?]/.test(name);
      expect(answer.code ?? "ok").toBe(isLiteral ? "ok" : "path_not_canonical");
      if (!isLiteral) continue;
      // What may be a name means itself in a rule.
      const { wire } = await world.holderOf([`secret:w/${name}:read`]);
      expect((await wire.get(`/api/secrets/w/${encodeURIComponent(name)}`)).status).toBe(200);
      expect((await wire.get("/api/secrets/w/other")).code).toBe("forbidden");
    }
  });

  it("cannot be asked for: a path of a call is never taken for a pattern", async () => {
    for (const path of ["a/*", "**", "a/public/*", "a/%2a"]) {
      expect((await outsider.get(`/api/secrets?prefix=${path}`)).code).toBe("path_not_canonical");
      expect((await outsider.get(`/api/secrets/${path}`)).code).toBe("path_not_canonical");
    }
  });

  it("stand in a rule only where they mean one thing", async () => {
    for (const pattern of ["a/**/b/**", "a**", "*a", "a/***", "a/b*c", "/a", "a/", "a/../b", "a//b", "a:b"]) {
      const role = { name: "patterns", permissions: [`secret:${pattern}:read`] };
      const answer = await world.administrator.post("/api/roles", role);
      if (answer.status >= 300) continue;
      // Whatever is admitted reaches nothing beyond what it says.
      const { wire } = await world.bearer({ roles: ["patterns"] });
      expect((await wire.get("/api/secrets/a/private/key")).code).toBe("forbidden");
    }
  });
});

describe("ATTACKS 8: a list that slips past what a reader may see", () => {
  it("shows in no list, tree, page or history what may not be listed", async () => {
    const targets = [
      "/api/secrets?prefix=a/public&recursive=true",
      "/api/tree",
      "/api/tree?prefix=a",
      "/api/tree?prefix=a/private",
      "/api/tree?depth=1",
      "/api/tree?limit=1",
      "/api/namespaces",
    ];
    for (const target of targets) expect((await outsider.get(target)).text).not.toContain("private");
    for (const target of ["/api/secrets?prefix=a/private", "/api/secrets?prefix=a", "/api/secrets"]) {
      expect((await outsider.get(target)).code).toBe("forbidden");
    }
    for (const target of ["/api/secrets/a/private/key:history", "/api/secrets/a/private/key/versions/1"]) {
      expect((await outsider.get(target)).code).toBe("forbidden");
    }
  });

  it("takes a cursor for nothing but a place to go on from", async () => {
    const mine = (await world.administrator.get("/api/tree?limit=1")).output<{ readonly next: string }>();
    const stolen = await outsider.get(`/api/tree?after=${encodeURIComponent(mine.next)}`);
    expect(stolen.text).not.toContain("private");
  });
});

describe("ATTACKS 19: a path that needs no credential, inside one that does", () => {
  it.each([
    "/api/secrets/a/private/key?/healthz",
    "/api/secrets/a/private/key?path=/healthz",
    "/api/secrets/a/private/key?next=/openapi.json",
    "/api/status?/metrics",
    "/healthz/../api/secrets/a/private/key",
    "/healthz%2f..%2fapi/secrets/a/private/key",
    "/healthz;/../api/secrets/a/private/key",
    "/healthz/api/secrets/a/private/key",
    "/api/secrets/a/private/key#/healthz",
    "/api/secrets/a/private/key%23/healthz",
    "/api/secrets/a/private/key%3f/healthz",
    "/api/secrets/healthz",
    "//healthz/api/secrets/a/private/key",
    "/metrics/../api/status",
    "https://127.0.0.1/healthz/../api/status",
  ])("%s is refused", async (target) => {
    const answer = await world.stranger.get(target);
    expect([400, 401, 404]).toContain(answer.status);
    expect(answer.text).not.toContain("value of");
  });

  it("a page answers under its own target only", async () => {
    for (const target of ["/healthz/", "/HEALTHZ", "/healthz%20", "/metrics/x", "/./healthz", "/%68ealthz"]) {
      expect((await world.stranger.get(target)).status).toBe(404);
    }
    expect((await world.stranger.get("/healthz?verbose=1")).status).toBe(200);
  });
});
