import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "./catalogue.ts";
import { entriesFrom, nextSeq } from "./ledger.ts";
import { measured } from "./program/program.ts";
import type { Wire } from "./wire.ts";
import { type Bearer, startWorld, type World } from "./world.ts";

let world: World;
let bearer: Bearer;
let wire: Wire;
beforeAll(async () => {
  world = await startWorld({}, measured);
  bearer = await world.bearer({ roles: ["global-admin"] });
  wire = bearer.wire;
});
afterAll(() => world.stop());

const json = { "content-type": "application/json" };
const at = (key: string) => `/api/secrets/${key}`;

describe("preconditions", () => {
  const put = (headers: Record<string, string>, body = {}) =>
    wire.put(at("a/etag"), { value: 1, ...body }, { headers });

  it("If-None-Match writes only where nothing is, If-Match only over the version it names", async () => {
    expect((await put({ "if-none-match": "*" })).status).toBe(201);
    const again = await put({ "if-none-match": "*" });
    expect([again.status, again.code]).toEqual([412, "version_mismatch"]);
    const read = await wire.get(at("a/etag"));
    expect(read.headers.etag).toBe('"1"');
    expect((await put({ "if-match": read.headers.etag! })).headers.etag).toBe('"2"');
    expect((await put({ "if-match": '"1"' })).status).toBe(412);
    expect((await wire.delete(at("a/etag"), { headers: { "if-match": '"1"' } })).status).toBe(412);
    expect((await wire.delete(at("a/etag"), { headers: { "if-match": '"2"' } })).status).toBe(200);
  });

  it("in the body answer 409", async () => {
    const answer = await put({}, { cas: 17 });
    expect([answer.status, answer.code]).toEqual([409, "version_mismatch"]);
  });

  it("that are none are refused rather than left out of account", async () => {
    for (const tag of ["1", 'W/"1"', '"1", "2"', "*", '"0"', '"01"', '"one"', ""]) {
      expect((await put({ "if-match": tag })).code).toBe("invalid_input");
    }
    for (const tag of ['"1"', "", "**"]) expect((await put({ "if-none-match": tag })).code).toBe("invalid_input");
    expect((await put({ "if-match": '"1"', "if-none-match": "*" })).code).toBe("invalid_input");
    expect((await put({ "if-match": '"1"' }, { cas: 2 })).code).toBe("invalid_input");
  });

  it("are refused where an operation takes none", async () => {
    expect((await wire.get(at("a/etag"), { headers: { "if-match": '"1"' } })).code).toBe("invalid_input");
    const answer = await wire.post("/api/secrets", { key: "a/new", value: 1 }, { headers: { "if-none-match": "*" } });
    expect(answer.code).toBe("invalid_input");
  });
});

describe("a value", () => {
  it.each([
    "1.0",
    "1e400",
    "-0",
    "9007199254740993",
    "1E+2",
    "0.10",
    '{"a":[1.0,{"b":-1e-400}],"c":123456789012345678901234567890}',
    '{"__proto__":{"isAdmin":true},"constructor":{"prototype":1}}',
    '"\\u0000\\ud83d\\ude00 \\" \\\\ é"',
    "null",
    "[]",
    '""',
  ])("of JSON comes back as it was: %s", async (text) => {
    (await wire.put(at("a/json"), `{"value":${text}}`, { headers: json })).output();
    const answer = await wire.get(at("a/json"));
    const source = /"value":(.*)\}$/s.exec(answer.text)?.[1] ?? "";
    const isNumeric = /^[-\d]/.test(text) || text.includes("[1.0");
    // Numbers keep their spelling; text may be escaped in another way.
    expect(isNumeric ? source : JSON.parse(source)).toEqual(isNumeric ? text : JSON.parse(text));
  });

  it("with another content type is text, or bytes in base 64", async () => {
    const csv = { value: "a,b\n1,2\n", contentType: "text/csv" };
    (await wire.put(at("a/text"), csv)).output();
    expect((await wire.get(at("a/text"))).json).toMatchObject(csv);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const value = bytes.toString("base64");
    (await wire.put(at("a/bytes"), { value, encoding: "base64" })).output();
    expect((await wire.get(at("a/bytes"))).json).toMatchObject({
      value,
      encoding: "base64",
      contentType: "application/octet-stream",
      size: 256,
    });
  });

  it("that does not fit its content type is refused", async () => {
    const bodies = [
      { value: 1, contentType: "text/plain" },
      { value: "QQ", encoding: "base64" },
      { value: "QQ==\n", encoding: "base64" },
      { value: "QR==", encoding: "base64" },
      { value: "QQ==", encoding: "base64", contentType: "application/json" },
      { value: "x", contentType: "Text/Plain" },
      { value: "x", encoding: "hex" },
      { contentType: "text/plain" },
    ];
    for (const body of bodies) expect((await wire.put(at("a/refused"), body)).code).toBe("invalid_input");
    expect((await wire.get(at("a/refused"))).code).toBe("not_found");
  });
});

describe("a key in a target", () => {
  it("may have its slashes as they are or as %2F, and one spelling inside", async () => {
    (await wire.put(at("k%2Fwith%2Fslashes"), { value: 1 })).output();
    for (const target of ["k/with/slashes", "k%2Fwith/slashes", "k%2fwith%2fslashes", "%6b/with/slashes"]) {
      expect((await wire.get(at(target))).json).toMatchObject({ key: "k/with/slashes", version: 1 });
    }
    expect((await wire.get(at("k%2Fwith%2Fslashes/versions/1"))).status).toBe(200);
    expect((await wire.get(at("k%2Fwith%2Fslashes:history"))).status).toBe(200);
  });

  it("may hold what UTF-8 has to say", async () => {
    (await wire.put(at("k/%C3%A9t%C3%A9%20%F0%9F%98%80"), { value: 1 })).output();
    expect((await wire.get("/api/secrets?prefix=k")).text).toContain("k/été 😀");
  });

  it("that calls itself :verb is not one", async () => {
    expect((await wire.get(at("k/with/slashes%3Ahistory"))).code).toBe("path_not_canonical");
    expect((await wire.get(at("k/with/slashes:unheard"))).status).toBe(404);
    expect((await wire.get(at("k/with/slashes/versions"))).code).toBe("path_not_canonical");
    expect((await wire.get(at("k/with/slashes/versions/0"))).code).toBe("invalid_input");
    expect((await wire.get(at("k/with/slashes/versions/01"))).code).toBe("invalid_input");
  });
});

describe("the paths of the source document", () => {
  it("answer without /api as well", async () => {
    expect((await wire.post("/secrets", { key: "s/one", value: 1 })).status).toBe(201);
    expect((await wire.put("/secrets/s/one", { value: 2 })).status).toBe(200);
    expect((await wire.get("/secrets/s/one")).json).toMatchObject({ version: 2 });
    expect((await wire.get("/secrets/s/one/versions/1")).json).toMatchObject({ value: 1 });
    expect((await wire.get("/secrets/s/one:history")).status).toBe(200);
    expect((await wire.get("/secrets?prefix=s")).text).toContain("s/one");
    expect((await wire.delete("/secrets/s/one")).status).toBe(200);
    expect((await wire.post("/roles", { name: "by-alias", permissions: ["secret:s/**:read"] })).status).toBe(201);
    expect((await wire.get("/roles/by-alias")).status).toBe(200);
  });

  it("do not double as anything else", async () => {
    for (const target of [
      "/configs",
      "/api",
      "/api/",
      "/",
      "/api/secrets/",
      "/API/secrets",
      "/api//secrets",
      "//api/secrets",
    ]) {
      expect((await wire.get(target)).status).toBe(404);
    }
  });
});

describe("an answer", () => {
  it("names its ledger entry and its request, and is not to be stored", async () => {
    const answer = await wire.get("/api/status", { headers: { "holdfast-request-id": "mine-1" } });
    expect(answer.headers).toMatchObject({
      "holdfast-request-id": "mine-1",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    const next = await wire.get("/api/status", { headers: { "holdfast-request-id": "not mine\u00e9" } });
    expect(next.seq).toBe(answer.seq + 1);
    expect(next.headers["holdfast-request-id"]).toMatch(/^[a-z0-9-]+$/);
  });

  it("to a refused call is a problem document with a stable code and what to do", async () => {
    const answer = await wire.get(at("no/such"));
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.json).toEqual({
      type: "urn:holdfast:problem:not_found",
      title: "Not found",
      status: 404,
      code: "not_found",
      detail: expect.any(String) as string,
      hint: expect.any(String) as string,
      requestId: answer.headers["holdfast-request-id"],
    });
    const { headers } = await world.stranger.get("/api/status");
    expect(headers["www-authenticate"]).toMatch(/^Bearer/);
  });

  it("names the near miss and points to it", async () => {
    const { json: problem } = await wire.put(at("a"), { valeu: 1 });
    const { errors } = problem as {
      readonly errors: readonly { readonly pointer: string; readonly message: string }[];
    };
    expect(JSON.stringify(errors)).toContain("/body/val");
    const typo = await wire.put(at("a"), { value: 1, metdata: {} });
    expect(typo.text).toContain("did you mean metadata");
  });

  it("with more to come links to it (RFC 8288)", async () => {
    for (const name of ["a", "b", "c"]) (await wire.put(at(`linked/${name}`), { value: 1 })).output();
    const found: string[] = [];
    let target = "/api/secrets?prefix=linked&limit=1";
    for (let link: string | undefined = target; link !== undefined; ) {
      const answer = await wire.get(target);
      found.push(...answer.output<{ items: { key: string }[] }>().items.map(({ key }) => key));
      link = /^<(.*)>; rel="next"$/.exec(String(answer.headers.link ?? ""))?.[1];
      if (link !== undefined) target = new URL(link, `https://server${target}`).href.slice("https://server".length);
    }
    expect(found).toEqual(["linked/a", "linked/b", "linked/c"]);
  });

  it("is in a media type that the caller takes", async () => {
    expect((await wire.get("/api/status", { headers: { accept: "text/html" } })).code).toBe("not_acceptable");
    expect((await wire.get("/api/status", { headers: { accept: "text/html, */*;q=0.1" } })).status).toBe(200);
    expect(
      (await wire.get("/api/audit/export?start=0&limit=1", { headers: { accept: "application/json" } })).status,
    ).toBe(406);
  });

  it("to another method says which there are; no method has a twin", async () => {
    const answer = await wire.call("PATCH", at("a"), {});
    expect([answer.status, answer.code]).toEqual([405, "method_not_allowed"]);
    expect(String(answer.headers["allow"]).split(", ").toSorted()).toEqual(["DELETE", "GET", "PUT"]);
    for (const method of ["HEAD", "OPTIONS", "TRACE"]) {
      expect((await wire.call(method, "/api/status", {})).status).toBe(405);
    }
    expect((await wire.post("/healthz", {})).status).toBe(405);
  });
});

describe("a request that is too much", () => {
  it("is refused by its body, its headers, its depth or its number of keys", async () => {
    expect((await wire.put(at("a/big"), { value: "x".repeat(3_000_000) })).status).toBe(413);
    expect((await wire.put(at("a/big"), { value: "x".repeat(1_100_000) })).status).toBe(413);
    const headers = { "x-filler": "x".repeat(40_000) };
    expect((await wire.get("/api/status", { headers })).status).toBe(431);
    const deep = `{"value":${"[".repeat(200)}${"]".repeat(200)}}`;
    expect((await wire.put(at("a/big"), deep)).code).toBe("malformed_json");
    const keys = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, 1]));
    expect((await wire.put(at("a/big"), { value: keys })).code).toBe("malformed_json");
    expect((await wire.get(at("a/big"))).code).toBe("not_found");
    expect((await wire.put(at("a/fits"), { value: "x".repeat(1_000_000) })).status).toBe(201);
  });

  it("leaves its entry where it was meant for an operation", async () => {
    const start = await nextSeq(world.administrator);
    await wire.put(at("a/big"), { value: "x".repeat(3_000_000) });
    const [entry] = await entriesFrom(world.administrator, start);
    expect(entry).toMatchObject({
      action: "secret.put",
      outcome: "failed",
      reason: "payload_too_large",
      actor: bearer.actor,
    });
  });

  it("is compressed, or says so: refused", async () => {
    const headers = { "content-encoding": "gzip" };
    expect((await wire.put(at("a/zip"), Buffer.from([0x1f, 0x8b]), { headers })).status).toBe(415);
  });
});

describe("rate limits", () => {
  it("refuse with Retry-After, say what is left, and leave one entry for all that was refused", async () => {
    world = await world.restart({ HOLDFAST_RATE_LIMIT: "5" });
    const limited = world.stranger.bearing(bearer.token);
    const start = await nextSeq(world.administrator);
    const answers = [];
    for (let count = 0; count < 30; count += 1) answers.push(await limited.get("/api/tokens/self"));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers[0]?.headers["ratelimit"]).toMatch(/^"actor";r=\d+;t=\d+$/);
    for (const { code, headers } of refused) {
      expect(code).toBe("rate_limited");
      expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(1);
      expect(headers["holdfast-seq"]).toBeUndefined();
    }
    world = await world.restart();
    const entries = await entriesFrom(world.administrator, start);
    const own = entries.filter(({ actor, action }) => actor === bearer.actor && action === "token.self");
    expect(own).toHaveLength(30 - refused.length);
    const tallies = entries.filter(({ action }) => action === "gate.rate-limit");
    expect(tallies).toMatchObject([{ actor: bearer.actor, outcome: "denied", reason: "rate_limited" }]);
  });
});

describe("the catalogue", () => {
  it("has no two operations at one method and path", () => {
    const routes = Object.values(catalogue.operations).map(({ method, path }) => `${method} ${path}`);
    expect(new Set(routes).size).toBe(routes.length);
  });
});
