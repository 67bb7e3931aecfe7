import { describe, expect, test } from "vitest";
import { Refusal } from "../errors.ts";
import { operationOf } from "../gate/gate.fixture.ts";
import { RateLimiter } from "../gate/rate-limit.ts";
import { jsonType, openDoor } from "./door.fixture.ts";

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

  test("sends its client elsewhere when this node can record nothing", async () => {
    const refusing = () => {
      throw new Refusal("storage_failed", "Gone.");
    };
    const { ask } = await openDoor({ run: { status: refusing } });
    expect(await ask("GET /api/status")).toMatchObject({ status: 503, headers: { connection: "close" } });
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
