import { describe, expect, test } from "vitest";
import { type Client, createClient } from "./client.ts";
import { ClientError } from "./errors.ts";
import type { ClientOptions } from "./options.ts";
import { type Answering, answer, failing, onSocket, refuse, type TestServer } from "./server.fixture.ts";

type Running = TestServer & { readonly client: Client; readonly socketPath: string };

/** A server and a client of it, ended with the test. */
async function running(answering: Answering, options: Partial<ClientOptions> = {}): Promise<Running> {
  const server = await onSocket(answering);
  const client = createClient({ socketPath: server.socketPath, ...options });
  const dispose = async () => {
    client.close();
    await server[Symbol.asyncDispose]();
  };
  return { ...server, client, [Symbol.asyncDispose]: dispose };
}

const ok: Answering = (_, response) => answer(response, 200, {});

describe("a call", () => {
  test("lays its input out as path, query, headers and body", async () => {
    await using at = await running(ok);
    await at.client.secrets.put("apps/a b/ü", { value: { n: 1 }, ifMatch: '"3"' });
    await at.client.secrets.history("apps/x", { limit: 5, before: 9 });
    await at.client.secrets.readVersion("apps/x", 7);
    await at.client.audit.prove(41);
    await at.client.secrets.undelete("apps/x");
    expect(at.arrived.map(({ method, target, body }) => [method, target, body])).toEqual([
      ["PUT", "/api/secrets/apps/a%20b/%C3%BC", '{"value":{"n":1}}'],
      ["GET", "/api/secrets/apps/x:history?limit=5&before=9", ""],
      ["GET", "/api/secrets/apps/x/versions/7", ""],
      ["GET", "/api/audit/entries/41:proof", ""],
      ["POST", "/api/secrets/apps/x:undelete", "{}"],
    ]);
    expect(at.arrived[0]?.headers["if-match"]).toBe('"3"');
    expect(at.arrived[0]?.headers["content-type"]).toBe("application/json");
  });

  test("carries the credential and the tenant, which a call may choose anew", async () => {
    await using at = await running(ok, { token: "hft_abc", tenant: "acme" });
    await at.client.status();
    await at.client.status({ tenant: "other" });
    expect(at.arrived.map(({ headers }) => [headers.authorization, headers["holdfast-tenant"]])).toEqual([
      ["Bearer hft_abc", "acme"],
      ["Bearer hft_abc", "other"],
    ]);
  });

  test("keeps its connection for the next", async () => {
    await using at = await running(ok);
    for (let count = 0; count < 5; count++) await at.client.status();
    expect(at.connections.count).toBe(1);
  });

  test("keeps numbers that JavaScript cannot hold, out and in", async () => {
    const big = '{"value":[12345678901234567890,1.0,1e400]}';
    await using at = await running((_, response) => answer(response, 200, big));
    const { value } = await at.client.secrets.read("a");
    await at.client.secrets.put("a", { value });
    expect(at.arrived[1]?.body).toBe(big);
  });

  test("gives keys named after the object's own members back as plain data", async () => {
    await using at = await running((_, response) => answer(response, 200, '{"value":{"__proto__":{"admin":true}}}'));
    const { value } = (await at.client.secrets.read("a")) as { value: { admin?: boolean } };
    expect(value.admin).toBeUndefined();
    expect(Object.keys(value)).toEqual(["__proto__"]);
  });

  test("gives text and bytes as they are", async () => {
    await using at = await running(({ target }, response) => {
      const isText = target.endsWith("checkpoint");
      response.setHeader("content-type", isText ? "text/plain; charset=utf-8" : "application/octet-stream");
      response.end(isText ? "a note\n" : Buffer.from([0, 255]));
    });
    expect(await at.client.audit.checkpoint()).toBe("a note\n");
    expect(await at.client.audit.export({ start: 0, limit: 1 })).toEqual(new Uint8Array([0, 255]));
  });

  test("tells what stood beside the answer", async () => {
    const headers = { "holdfast-seq": "41", "holdfast-request-id": "rq-1", etag: '"3"' };
    await using at = await running((_, response) => answer(response, 200, {}, headers));
    const facts: unknown[] = [];
    await at.client.secrets.read("a", { onAnswer: (fact) => facts.push(fact) });
    expect(facts).toEqual([{ status: 200, seq: 41, requestId: "rq-1", etag: '"3"' }]);
  });
});

describe("a call that cannot be right is refused before anything is sent", () => {
  test.each([
    ["a key with dot segments", "a/../b", "path_not_canonical"],
    ["a key that is the route of another operation", "a/versions/3", "path_not_canonical"],
    ["a key that ends in a verb", "a:destroy", "path_not_canonical"],
    ["an empty key", "", "path_not_canonical"],
    ["a key that is not text", "a\ud800", "path_not_canonical"],
  ])("%s", async (_, key, code) => {
    await using at = await running(ok);
    expect(await failing(at.client.secrets.read(key))).toMatchObject({ code, status: 0 });
    expect(at.arrived).toEqual([]);
  });

  test.each<[string, (client: Client) => Promise<unknown>]>([
    ["an unknown operation", (client) => client.call("secret.burn" as "status", {})],
    ["an unknown field", (client) => client.call("status", { key: "a" } as never)],
    ["a missing field", (client) => client.call("secret.put", { key: "a" } as never)],
    ["a name that would change the path", (client) => client.roles.read("..")],
    ["an input that is not JSON", (client) => client.secrets.put("a", { value: 1n })],
    ["a header that would end early", (client) => client.status({ tenant: "a\r\nx: y" })],
    ["a number of retries that is none", (client) => client.status({ retries: -1 })],
  ])("%s", async (_, call) => {
    await using at = await running(ok);
    expect(await failing(call(at.client))).toMatchObject({ code: "invalid_call", status: 0 });
    expect(at.arrived).toEqual([]);
  });

  test("a body larger than any value", async () => {
    await using at = await running(ok);
    const error = await failing(at.client.secrets.put("a", { value: "x".repeat(24 * 1024 * 1024) }));
    expect(error.code).toBe("payload_too_large");
  });

  test.each(["http://127.0.0.1:8200", "https://127.0.0.1:8200/api", "https://user:word@host", "127.0.0.1:8200"])(
    "the address %s",
    (address) => {
      expect(() => createClient({ address })).toThrow(ClientError);
    },
  );
});

describe("a refusal", () => {
  test("carries the server's code, words, hint, fields and request id", async () => {
    const problem = {
      code: "invalid_input",
      title: "Input not valid",
      detail: "limit is too large",
      hint: "At most 1000.",
      requestId: "rq-7",
      errors: [{ pointer: "/limit", message: "must be <= 1000" }, "noise"],
    };
    await using at = await running((_, response) =>
      answer(response, 400, problem, { "content-type": "application/problem+json" }),
    );
    expect(await failing(at.client.secrets.list())).toMatchObject({
      name: "ClientError",
      code: "invalid_input",
      status: 400,
      message: "limit is too large",
      hint: "At most 1000.",
      requestId: "rq-7",
      errors: [{ pointer: "/limit", message: "must be <= 1000" }],
    });
    expect(at.arrived).toHaveLength(1);
  });

  test("never holds the token, also when it is printed with its causes", async () => {
    await using at = await running((_, response) => refuse(response, 401, "unauthenticated"), {
      token: "hft_do-not-show",
    });
    const { inspect } = await import("node:util");
    const refused = await failing(at.client.status());
    const unreachable = await failing(
      createClient({ socketPath: "/nowhere/socket", token: "hft_do-not-show" }).status(),
    );
    expect(inspect([refused, unreachable], { depth: 9, showHidden: true })).not.toContain("do-not-show");
    expect(refused.hint).toContain("token");
  });

  test.each<[string, Answering]>([
    ["a page of a proxy", (_, response) => answer(response, 502, "<html>", { "content-type": "text/html" })],
    ["a redirect", (_, response) => answer(response, 302, "", { location: "https://elsewhere" })],
    ["another media type", (_, response) => answer(response, 200, "a", { "content-type": "text/plain" })],
    ["no media type", (_, response) => response.writeHead(200).end("{}")],
    ["broken JSON", (_, response) => answer(response, 200, "{")],
    ["JSON with a key twice", (_, response) => answer(response, 200, '{"a":1,"a":2}')],
    [
      "text that is not UTF-8",
      (_, response) =>
        response.writeHead(200, { "content-type": "application/json" }).end(Buffer.from([0x22, 0xff, 0x22])),
    ],
    ["a problem of nobody's", (_, response) => refuse(response, 400, "__proto__")],
  ])("%s is not taken for an answer", async (_, answering) => {
    await using at = await running(answering);
    expect((await failing(at.client.status())).code).toBe("bad_answer");
  });

  test("an answer larger than allowed is cut off", async () => {
    await using at = await running((_, response) => answer(response, 200, `"${"x".repeat(5000)}"`), {
      maxAnswerBytes: 1000,
    });
    expect((await failing(at.client.status())).code).toBe("answer_too_large");
  });
});

describe("pages", () => {
  test("give every item, and fetch a page when it is needed", async () => {
    await using at = await running(({ target }, response) => {
      const after = Number(new URLSearchParams(target.split("?")[1]).get("after") ?? 0);
      answer(response, 200, { items: [{ key: `k${after}` }], ...(after < 3 && { next: String(after + 1) }) });
    });
    const keys: string[] = [];
    for await (const item of at.client.pages("secret.list", { prefix: "a", limit: 1 })) {
      expect(at.arrived).toHaveLength(keys.length + 1);
      keys.push(item.key);
    }
    expect(keys).toEqual(["k0", "k1", "k2", "k3"]);
    expect(at.arrived.at(-1)?.target).toBe("/api/secrets?prefix=a&limit=1&after=3");
  });

  test("of a history go down from version to version", async () => {
    await using at = await running(({ target }, response) =>
      answer(response, 200, target.includes("before") ? { items: [] } : { items: [{ version: 9 }], next: 9 }),
    );
    for await (const { version } of at.client.pages("secret.history", { key: "a" })) expect(version).toBe(9);
    expect(at.arrived.at(-1)?.target).toBe("/api/secrets/a:history?before=9");
  });

  test("end when the server goes in a circle", async () => {
    await using at = await running((_, response) => answer(response, 200, { items: [], next: "same" }));
    const walk = async () => {
      for await (const _ of at.client.pages("role.list", {}));
    };
    expect((await failing(walk())).code).toBe("bad_answer");
  });
});
