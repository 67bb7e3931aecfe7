import { describe, expect, test } from "vitest";
import { Refusal } from "../errors.ts";
import { operationOf, payloadOf } from "../gate/gate.fixture.ts";
import { RateLimiter } from "../gate/rate-limit.ts";
import { definitions, jsonType, openDoor, readAll, received } from "./door.fixture.ts";

const sample: Readonly<Record<string, string>> = {
  key: "applications/shop/größe 1",
  path: "applications/shop",
  name: "operator",
  version: "3",
  seq: "7",
};

describe("every operation of the catalogue", () => {
  test("is reached by its method and targets, and by no other spelling of them", async () => {
    const { ask } = await openDoor();
    for (const definition of definitions) {
      for (const template of [definition.path, ...definition.aliases]) {
        const target = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(sample[name] ?? ""));
        const sends = definition.input.body !== undefined && definition.method !== "GET";
        const answer = await ask(`${definition.method} ${target}`, sends ? [jsonType] : [], sends ? "{}" : undefined);
        const reached =
          answer.status < 400 ? answer.body["operation"] : answer.headers["holdfast-seq"] && definition.name;
        expect([target, reached]).toEqual([target, definition.name]);
        expect((await ask(`${definition.method} ${target}/`)).status).toBeGreaterThanOrEqual(400);
      }
    }
  });

  test("is recorded under its own name, whichever alias was used", async () => {
    const { ask, ledger } = await openDoor();
    await ask("GET /secrets/a/b");
    await ask("GET /api/secrets/a/b");
    expect(ledger.entries.map(({ entry }) => entry.action)).toEqual(["secret.read", "secret.read"]);
  });
});

describe("a target", () => {
  const read = async (target: string) => {
    const { ask, ledger, strays } = await openDoor();
    const answer = await ask(`GET ${target}`);
    return { answer, ledger, strays };
  };

  test.each([
    ["/api/secrets/a%2Fb", "a/b"],
    ["/api/secrets/a/b", "a/b"],
    ["/api/secrets/%61", "a"],
    ["/api/secrets/gr%C3%B6%C3%9Fe", "größe"],
    ["/api/secrets/a?", "a"],
  ])("%s is decoded exactly once", async (target, key) => {
    expect((await read(target)).answer.body).toMatchObject({ operation: "secret.read", params: { key } });
  });

  test.each([
    "/api/secrets/a/../b",
    "/api/secrets/..",
    "/api/secrets/%2e%2e",
    "/api/secrets/a/%2e%2e/b",
    "/api/secrets/a/.%2e/b",
    "/api/secrets/a/./b",
    "/api/secrets/a//b",
    "/api/secrets//a",
    "/api/secrets/a/",
    "/api/secrets/a%2F",
    "/api/secrets/%2Fa",
    "/api/secrets/a%2F%2Fb",
    "/api/secrets/%252e%252e",
    "/api/secrets/a%252Fb",
    "/api/secrets/a%00",
    "/api/secrets/a%0d%0aX:1",
    "/api/secrets/a%5cb",
    "/api/secrets/a;b=c:D",
    "/api/secrets/%",
    "/api/secrets/%zz",
    "/api/secrets/%ff",
    "/api/secrets/e%CC%81",
    "/api/secrets/%E2%80%8Ba",
    "/api/secrets/:undeleted/x",
    "/api/secrets/a:b:history",
    "/api/secrets/a%3Ahistory",
    "/api/secrets/a:History",
    "/api/secrets/versions/3",
    "/api/secrets/a/versions/",
    "/api/secrets/a/versions/1/versions/2",
    "/api/secrets//versions/3",
    "/api/secrets/a%2Fversions%2F3",
    "/api/secrets/a/versions/1/x",
    "/api/secrets/*",
    "/secrets/../api/tokens/self",
  ])("%s is not canonical, and that is recorded (ATTACKS 1)", async (target) => {
    const { answer, ledger } = await read(target);
    expect(answer).toMatchObject({ status: 400, body: { code: "path_not_canonical" } });
    expect(ledger.entries.map(({ entry }) => entry.reason)).toEqual(["path_not_canonical"]);
  });

  test.each([
    "/",
    "//api/secrets/a",
    "/api//secrets/a",
    "/api/./secrets/a",
    "/api/../api/secrets/a",
    "/api/secrets/../secrets/a".replace("secrets/..", "roles/.."),
    "/%61pi/secrets/a",
    "/api%2Fsecrets/a",
    "/API/secrets/a",
    "/api/Secrets/a",
    "/api/secretsx",
    "/api/secrets;x/a",
    "/api/status/",
    "/api/status/x",
    "/api/audit/entries/7",
    "/api/audit/entries/7:frobnicate",
    "/api/roles/",
    "/api/roles/a/b",
    "/api/roles/a:delete",
    "/api/secrets/a:frobnicate",
    "/healthz/",
    "/%68ealthz",
    "/constructor",
    "/__proto__",
    "http://evil.example/api/secrets/a",
    "http://localhost/api/secrets/a",
    "*",
  ])("%s is nothing of ours: counted, not recorded", async (target) => {
    const { answer, ledger, strays } = await read(target);
    expect(answer).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect(ledger.entries).toHaveLength(0);
    expect(strays).toEqual(["not_found"]);
  });

  test("whose query holds another path is still the one it is (ATTACKS 19)", async () => {
    const { answer } = await read("/api/secrets/a?x=/healthz&y=/api/status");
    expect(answer).toMatchObject({ status: 400, body: { code: "invalid_input" } });
    const { ask } = await openDoor();
    const stranger = await ask("GET /api/secrets/a?/healthz", ["Authorization: Bearer wrong"]);
    expect(stranger.status).toBe(401);
    expect((await ask("GET /healthz?/api/secrets/a", ["Authorization: x"])).text).toBe("ok\n");
  });

  test("may have parameters that a schema refuses", async () => {
    for (const target of ["/api/roles/%2e%2e", "/api/roles/a%2Fb", "/api/roles/%52oot", "/api/roles/%20admin"]) {
      expect((await read(target)).answer).toMatchObject({ status: 400, body: { code: "invalid_input" } });
    }
    for (const version of ["x", "01", "1e3", "0", "-1", "1.0", "9007199254740993", "%31%30%"]) {
      expect((await read(`/api/secrets/a/versions/${version}`)).answer.status).toBe(400);
    }
    expect((await read("/api/secrets/a/versions/%31%30")).answer.body).toMatchObject({ params: { version: 10 } });
  });
});

describe("a method", () => {
  test.each(["HEAD", "OPTIONS", "PATCH", "PROPFIND", "TRACE", "POST"])(
    "%s is not allowed where there is none",
    async (method) => {
      const { ask, ledger, strays } = await openDoor();
      const answer = await ask(`${method} /api/status`);
      expect(answer.status).toBe(405);
      expect(answer.headers["allow"]).toBe("GET");
      expect(ledger.entries).toHaveLength(0);
      expect(strays).toEqual(["method_not_allowed"]);
    },
  );

  test("that is not allowed is told what is", async () => {
    const { ask } = await openDoor();
    expect((await ask("PATCH /api/secrets/a")).headers["allow"]).toBe("PUT, GET, DELETE");
    expect((await ask("GET /api/secrets/a:undelete")).headers["allow"]).toBe("POST");
    expect((await ask("HEAD /healthz")).headers["allow"]).toBe("GET");
    expect((await ask("HEAD /api/status")).text).toBe("");
  });

  test("that does not exist is no HTTP of ours", async () => {
    const { ask, strays } = await openDoor();
    expect((await ask("FROBNICATE /api/status")).status).toBe(400);
    expect(strays).toEqual(["invalid_input"]);
  });

  test("CONNECT opens no tunnel", async () => {
    const { exchange } = await openDoor();
    expect(await exchange("CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n")).toBe("");
  });

  test("is not overridden by a header or a query", async () => {
    const { ask } = await openDoor();
    const answer = await ask("POST /api/roles/operator?_method=DELETE", ["X-HTTP-Method-Override: DELETE"]);
    expect(answer.status).toBe(405);
  });
});

describe("what a caller sends beside the target", () => {
  test("a query member twice, unknown, or spelled another way is refused", async () => {
    const { ask } = await openDoor();
    const list = (query: string) => ask(`GET /api/secrets?${query}`);
    expect((await list("limit=5&recursive=true&prefix=a%2Fb")).body).toMatchObject({
      query: { limit: 5, recursive: true, prefix: "a/b" },
    });
    for (const query of [
      "limit=1&limit=2",
      "limit=1&%6cimit=2",
      "Limit=1",
      "__proto__=1",
      "limit=01",
      "limit=+1",
      "limit=1e1",
      "limit=0x1",
      "limit=9007199254740993",
      "limit=",
      "recursive=yes",
      "recursive=TRUE",
      "%ff=1",
      "prefix=%",
    ]) {
      expect([query, (await list(query)).status]).toEqual([query, 400]);
    }
  });

  test("a precondition becomes a version", async () => {
    const { ask } = await openDoor();
    const putting = (...headers: string[]) => ask("PUT /api/secrets/a", [jsonType, ...headers], '{"value":1}');
    expect((await putting('If-Match: "3"')).body).toMatchObject({ precondition: 3 });
    expect((await putting("If-None-Match: *")).body).toMatchObject({ precondition: 0 });
    for (const headers of [
      ['If-Match: W/"3"'],
      ["If-Match: *"],
      ['If-Match: "3", "4"'],
      ['If-Match: "0"'],
      ['If-Match: "9007199254740993"'],
      ["If-Match: 3"],
      ['If-None-Match: "3"'],
      ['If-Match: "3"', "If-None-Match: *"],
      ['If-Match: "3"', 'If-Match: "3"'],
    ]) {
      expect([headers, (await putting(...headers)).status]).toEqual([headers, 400]);
    }
  });

  test("a precondition that the operation does not take is refused rather than ignored", async () => {
    const { ask, ledger } = await openDoor();
    expect((await ask("POST /api/secrets/a:undelete", [jsonType, 'If-Match: "3"'], "{}")).status).toBe(400);
    expect((await ask("DELETE /api/secrets/a", ["If-None-Match: *"])).status).toBe(400);
    expect((await ask("DELETE /api/roles/operator", ['If-Match: "3"'])).status).toBe(400);
    expect(ledger.entries.every(({ entry }) => entry.outcome === "failed")).toBe(true);
  });

  test("two of a header that decides something are refused, two credentials believed by none", async () => {
    const { ask } = await openDoor();
    for (const header of ["Holdfast-Tenant: one", "Idempotency-Key: 0123456789abcdef", "Content-Type: text/plain"]) {
      const answer = await ask("PUT /api/secrets/a", [jsonType, header, header], '{"value":1}');
      expect([header, answer.status, answer.body["code"]]).toEqual([header, 400, "invalid_input"]);
    }
    const credentials = ["Authorization: Bearer valid", "Authorization: Bearer valid"];
    expect((await ask("GET /api/status", credentials)).status).toBe(401);
  });

  test("its own request id comes back and is recorded, when it is one", async () => {
    const { ask, ledger } = await openDoor();
    expect((await ask("GET /api/status", ["Holdfast-Request-Id: mine-1"])).headers["holdfast-request-id"]).toBe(
      "mine-1",
    );
    expect(payloadOf(ledger.entries[0])["request"]).toBe("mine-1");
    const other = await ask("GET /api/status", ["Holdfast-Request-Id: not mine"]);
    expect(other.headers["holdfast-request-id"]).toMatch(/^[0-9a-f]{12}-[0-9a-z]+$/);
  });

  test("a tenant, an idempotency key and a trace reach the gate", async () => {
    const { ask, ledger } = await openDoor();
    const trace = "0af7651916cd43dd8448eb211c80319c";
    const headers = [jsonType, "Holdfast-Tenant: tn_two", "Idempotency-Key: 0123456789abcdef"];
    for (let calls = 0; calls < 2; calls++) {
      await ask("PUT /api/secrets/a", [...headers, `traceparent: 00-${trace}-b7ad6b7169203331-01`], '{"value":1}');
    }
    expect(ledger.entries[1]?.entry.tenant).toBe("tn_two");
    expect(payloadOf(ledger.entries[1])).toMatchObject({ trace, facts: { isReplay: true } });
  });

  test("forwarded addresses are not believed (ATTACKS 18)", async () => {
    const { ask, ledger } = await openDoor();
    await ask("GET /api/status", ["X-Forwarded-For: 10.0.0.1", "Forwarded: for=10.0.0.1", "X-Real-IP: 10.0.0.1"]);
    expect(payloadOf(ledger.entries[0])["from"]).toBe("127.0.0.1");
  });

  test("only media types of the answer are acceptable", async () => {
    const { ask, ledger } = await openDoor();
    expect((await ask("GET /api/status", ["Accept: text/html, application/*;q=0.5"])).status).toBe(200);
    expect((await ask("GET /api/status", ["Accept: text/html"])).body).toMatchObject({ code: "not_acceptable" });
    expect((await ask("GET /api/audit/checkpoint", ["Accept: text/plain"])).status).toBe(200);
    expect(ledger.entries.map(({ entry }) => entry.outcome)).toEqual(["ok", "failed", "ok"]);
  });
});

describe("what went wrong in decoding", () => {
  test("is told only to whom has been identified", async () => {
    const { ask, ledger } = await openDoor();
    const stranger = ["Authorization: Bearer wrong", "Content-Encoding: gzip"];
    for (const target of ["/api/secrets/%2e%2e", "/api/secrets/a?x=1&x=2", "/api/secrets/a"]) {
      expect(await ask(`GET ${target}`, stranger)).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
    }
    expect(ledger.entries.map(({ entry }) => entry.reason)).toEqual(Array(3).fill("unauthenticated"));
  });

  test("challenges for a bearer token", async () => {
    const { ask } = await openDoor();
    expect((await ask("GET /api/status", ["Authorization: Basic dXNlcg=="])).headers["www-authenticate"]).toBe(
      'Bearer realm="holdfast"',
    );
  });
});

describe("an answer", () => {
  test("says which entry it is, may not be cached, and is only what it says it is", async () => {
    const { ask } = await openDoor();
    const { status, headers } = await ask("GET /api/status");
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "holdfast-seq": "0",
      "holdfast-request-id": expect.any(String) as string,
    });
  });

  test("has the first status of success, or the plan's", async () => {
    const { ask } = await openDoor({ run: { "secret.put": () => ({ output: {}, status: 201, etag: 4 }) } });
    expect((await ask("POST /api/secrets", [jsonType], '{"key":"a","value":1}')).status).toBe(201);
    const written = await ask("PUT /api/secrets/a", [jsonType], '{"value":1}');
    expect(written).toMatchObject({ status: 201, headers: { etag: '"4"' } });
    expect((await ask("GET /api/secrets/a")).headers).not.toHaveProperty("etag");
  });

  test("has status 200 where the definition names none", async () => {
    const operation = operationOf(() => ({ output: 1 }), { method: "GET", path: "/api/things" });
    const plain = { ...operation, definition: { ...operation.definition, input: {}, permission: null } };
    const { ask } = await openDoor({ door: { operations: [plain] } });
    expect((await ask("GET /api/things")).status).toBe(200);
  });

  test("may be bytes", async () => {
    const bytes = new Uint8Array([0x68, 0x69]);
    const { ask } = await openDoor({
      run: {
        "audit.checkpoint": () => ({ output: undefined, binary: { mediaType: "text/plain; charset=utf-8", bytes } }),
      },
    });
    const answer = await ask("GET /api/audit/checkpoint");
    expect(answer).toMatchObject({ text: "hi", headers: { "content-type": "text/plain; charset=utf-8" } });
  });

  test("links to the page that follows", async () => {
    const { ask } = await openDoor({ run: { "secret.list": () => ({ output: { items: [], next: "b c" } }) } });
    expect((await ask("GET /api/secrets?limit=2")).headers["link"]).toBe('<?limit=2&after=b+c>; rel="next"');
  });

  test("tells how much of a rate is left, and when to come back", async () => {
    const actor = new RateLimiter({ perSecond: 0.001, burst: 1 });
    const { ask, ledger } = await openDoor({ gate: { limits: { address: undefined, actor } } });
    expect((await ask("GET /api/status")).headers["ratelimit"]).toBe('"actor";r=0;t=1000');
    const refused = await ask("GET /api/status");
    expect(refused).toMatchObject({ status: 429, headers: { "retry-after": "1000", ratelimit: '"actor";r=0;t=1000' } });
    expect(refused.headers).not.toHaveProperty("holdfast-seq");
    expect(ledger.entries).toHaveLength(1);
  });

  test("that is refused is a problem document, and nothing of the input stands in it", async () => {
    const { ask } = await openDoor();
    const secret = "hunter2";
    const answers = [
      await ask(`GET /api/secrets/${secret}%2F`),
      await ask(`GET /api/secrets/a?limit=${secret}`),
      await ask("PUT /api/secrets/a", [jsonType], `{"value":1,"note":["${secret}"]}`),
      await ask("PUT /api/secrets/a", [jsonType], `{"value":"${secret}"`),
      await ask(`GET /api/${secret}`),
      await ask(`DELETE /api/status?${secret}`),
      await ask("GET /api/status", [`Authorization: Bearer ${secret}`]),
      await ask("GET /api/status", [`Accept: ${secret}`]),
    ];
    for (const { status, headers, body, text } of answers) {
      expect(headers["content-type"]).toBe("application/problem+json");
      expect(text).not.toContain(secret);
      expect(body).toMatchObject({
        type: `urn:holdfast:problem:${String(body["code"])}`,
        title: expect.any(String) as string,
        status,
        detail: expect.any(String) as string,
        requestId: headers["holdfast-request-id"],
      });
    }
  });

  test("that failed a precondition is 412, where the same mismatch by check-and-set is 409", async () => {
    const mismatch = (precondition: boolean) => () => {
      throw new Refusal("version_mismatch", "It has changed.", { precondition });
    };
    const { ask } = await openDoor({ run: { "secret.read": mismatch(true), "config.read": mismatch(false) } });
    expect((await ask("GET /api/secrets/a")).status).toBe(412);
    expect((await ask("GET /api/configs/a")).status).toBe(409);
  });
});

describe("a body", () => {
  const putting = async (headers: readonly string[], body: string, limits = {}) => {
    const { ask, ledger } = await openDoor({ limits });
    const answer = await ask("PUT /api/secrets/a", headers, body);
    return { answer, reasons: ledger.entries.map(({ entry }) => entry.reason) };
  };

  test("keeps its numbers as they were spelled, and cannot reach a prototype", async () => {
    const text = '{"big":9007199254740993,"price":1.10,"__proto__":{"admin":true}}';
    const { answer } = await putting([jsonType], `{"value":${text}}`);
    expect(answer.text).toContain(text);
  });

  test("that is too large is refused and recorded, and its connection closed", async () => {
    const { answer, reasons } = await putting([jsonType], "x".repeat(101), { maxBodyBytes: 100 });
    expect(answer).toMatchObject({ status: 413, headers: { connection: "close" } });
    expect(reasons).toEqual(["payload_too_large"]);
  });

  test("that is too large in chunks is refused as well, before it has come to its end", async () => {
    const { connect, ledger } = await openDoor({ limits: { maxBodyBytes: 10 } });
    const socket = connect();
    socket.write(
      "PUT /api/secrets/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer valid\r\nTransfer-Encoding: chunked\r\n\r\n" +
        "b\r\nhello world\r\n",
    );
    expect(received(await readAll(socket))).toMatchObject({ status: 413, headers: { connection: "close" } });
    expect(ledger.entries.map(({ entry }) => entry.reason)).toEqual(["payload_too_large"]);
  });

  test.each([
    [["Content-Type: text/plain"], 415],
    [[], 415],
    [["Content-Type: ;;;"], 415],
    [["Content-Type: application/json", "Content-Encoding: gzip"], 415],
    [["Content-Type: application/json", "Content-Encoding: br, identity"], 415],
    [["Content-Type: application/json", "Content-Encoding: identity"], 200],
    [["Content-Type: Application/JSON; charset=utf-8"], 200],
  ])("with %j is answered %i, and recorded once", async (headers, status) => {
    const { answer, reasons } = await putting(headers, '{"value":1}');
    expect(answer.status).toBe(status);
    expect(reasons).toEqual([status === 415 ? "unsupported_media_type" : ""]);
  });

  test.each([
    '{"value":1,"value":2}',
    `{"value":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
    '{"value":1}}',
    "{",
    "\u0000",
  ])("%.20s is malformed JSON", async (text) => {
    const { answer, reasons } = await putting([jsonType], text);
    expect(answer.body).toMatchObject({ status: 400, code: "malformed_json" });
    expect(reasons).toEqual(["malformed_json"]);
  });

  test("where none is taken is refused, whatever the method", async () => {
    const { ask, ledger } = await openDoor();
    for (const line of ["GET /api/status", "DELETE /api/secrets/a", "POST /api/keys:rotate"]) {
      expect(await ask(line, [jsonType], "{}")).toMatchObject({ status: 400, body: { code: "invalid_input" } });
    }
    expect((await ask("DELETE /api/secrets/a", [jsonType, "Content-Length: 0"])).status).toBe(200);
    expect(ledger.entries).toHaveLength(4);
  });

  test("that ends early is recorded, though nobody is there to be told", async () => {
    const { connect, ledger } = await openDoor();
    const recorded = new Promise<void>((resolve) => {
      ledger.beforeJudging = () => resolve();
    });
    const socket = connect();
    socket.end(
      `PUT /api/secrets/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer valid\r\n${jsonType}\r\nContent-Length: 50\r\n\r\n{`,
      () => socket.destroy(),
    );
    await recorded;
    await expect.poll(() => ledger.entries[0]?.entry.reason).toBe("invalid_input");
  });
});

describe("a page", () => {
  const pages = {
    "/healthz": () => ({ status: 200, mediaType: "text/plain", body: "ok\n" }),
    "/throws": () => {
      throw new TypeError("hunter2");
    },
    "/rejects": () => Promise.reject(new Error("hunter2")),
    "/sealed": () => {
      throw new Refusal("sealed", "The root key is not loaded.");
    },
    "/broken": () => ({ status: 200, mediaType: "text/plain\r\nSet-Cookie: x", body: "x" }),
  };

  test("is served without a credential and without a record", async () => {
    const { ask, ledger } = await openDoor({ door: { pages } });
    const answer = await ask("GET /healthz", ["Authorization: nonsense"]);
    expect(answer).toMatchObject({ status: 200, text: "ok\n", headers: { "cache-control": "no-store" } });
    expect(ledger.entries).toHaveLength(0);
  });

  test.each(["/throws", "/rejects", "/broken"])(
    "whose handler fails in %s is a clean 500, and the server goes on",
    async (target) => {
      const { ask, log } = await openDoor({ door: { pages } });
      const answer = await ask(`GET ${target}`);
      expect(answer).toMatchObject({ status: 500, body: { code: "internal" } });
      expect(answer.text).not.toContain("hunter2");
      expect(log.lines).toMatchObject([{ level: "error", fields: { requestId: answer.body["requestId"] } }]);
      expect((await ask("GET /healthz")).status).toBe(200);
    },
  );

  test("may refuse for a reason", async () => {
    const { ask } = await openDoor({ door: { pages } });
    expect(await ask("GET /sealed")).toMatchObject({ status: 503, body: { code: "sealed" } });
  });
});

describe("a request that cannot be answered as planned", () => {
  test("because the output does not encode is a clean 500, with its entry in the ledger", async () => {
    const { ask, ledger, log } = await openDoor({ run: { status: () => ({ output: { size: 1n } }) } });
    expect(await ask("GET /api/status")).toMatchObject({ status: 500, body: { code: "internal" } });
    expect(ledger.entries).toHaveLength(1);
    expect(log.lines).toHaveLength(1);
    expect((await ask("GET /api/tokens/self")).status).toBe(200);
  });

  test("because a decoder of ours fails is a clean 500", async () => {
    const broken = operationOf(() => ({ output: 1 }), {
      method: "GET",
      path: "/api/things",
      input: {
        get query(): never {
          throw new TypeError("hunter2");
        },
      },
    });
    const { ask, log } = await openDoor({ door: { operations: [broken] } });
    const answer = await ask("GET /api/things?a=1");
    expect(answer).toMatchObject({ status: 500, body: { code: "internal" } });
    expect(answer.text).not.toContain("hunter2");
    expect(log.lines).toHaveLength(1);
  });

  test("in any way ends its connection rather than leave it hanging", async () => {
    const { exchange, log } = await openDoor({ door: { problems: {} as never } });
    expect(await exchange("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")).toBe("");
    expect(log.lines).toHaveLength(1);
  });

  test("because its client has gone is recorded and dropped, and its operation was told", async () => {
    let told: AbortSignal | undefined;
    const { connect, ledger } = await openDoor({
      run: {
        status: async ({ signal }) => {
          told = signal;
          await new Promise((resolve) => {
            signal.addEventListener("abort", resolve);
          });
          return { output: 1 };
        },
      },
    });
    const socket = connect();
    socket.write("GET /api/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer valid\r\n\r\n");
    await expect.poll(() => told?.aborted).toBe(false);
    socket.destroy();
    await expect.poll(() => ledger.entries.length).toBe(1);
    expect(told?.aborted).toBe(true);
  });
});

describe("a listener that closes", () => {
  test("answers the calls that are under way, in full, and then ends their connections", async () => {
    const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { server, connect, ledger } = await openDoor({
      run: {
        status: async () => {
          begun.resolve();
          await released.promise;
          return { output: { done: true } };
        },
      },
    });
    const [idle, busy] = [connect(), connect()];
    const answer = readAll(busy);
    busy.write("GET /api/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer valid\r\n\r\n");
    await begun.promise;
    const closed = server.close();
    await expect.poll(() => server.server.listening).toBe(false);
    released.resolve();
    expect(received(await answer)).toMatchObject({
      status: 200,
      body: { done: true },
      headers: { connection: "close" },
    });
    await Promise.all([closed, readAll(idle)]);
    expect(ledger.entries).toHaveLength(1);
  });
});
