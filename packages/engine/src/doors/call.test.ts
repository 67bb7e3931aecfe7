import { describe, expect, test } from "vitest";
import { payloadOf } from "../gate/gate.fixture.ts";
import { jsonType, openDoor, readAll, received } from "./door.fixture.ts";

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
