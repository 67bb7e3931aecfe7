import { describe, expect, test } from "vitest";
import { Refusal } from "../errors.ts";
import { operationOf } from "../gate/gate.fixture.ts";
import { definitions, jsonType, openDoor } from "./door.fixture.ts";

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
        const target = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(sample[name] ?? name));
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
