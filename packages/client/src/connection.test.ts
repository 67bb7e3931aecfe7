import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { createClient } from "./client.ts";
import { answer, failing, onSocket, onTls, refuse } from "./server.fixture.ts";
import { selfSigned } from "./self-signed.fixture.ts";

const own = selfSigned();

describe("over TLS", () => {
  test("a server with the given CA is trusted, by TLS 1.3", async () => {
    await using server = await onTls({ ...own }, (_, response) =>
      answer(response, 200, { version: (response.socket as unknown as { getProtocol(): string }).getProtocol() }),
    );
    const client = createClient({ address: server.address, ca: own.cert });
    expect((await client.status()).version).toBe("TLSv1.3");
    client.close();
  });

  test.each([
    ["whose CA was not given", own, [selfSigned().cert], {}],
    ["that speaks TLS 1.2 at most", own, own.cert, { maxVersion: "TLSv1.2" }],
  ] as const)("a server %s is refused, and not asked again", async (_, pair, ca, tls) => {
    await using server = await onTls({ ...pair, ...tls }, (__, response) => answer(response, 200, {}));
    const client = createClient({ address: server.address, ca, token: "hft_secret" });
    expect((await failing(client.status())).code).toBe("untrusted_server");
    expect(server.arrived).toEqual([]);
    expect(server.connections.count).toBe(1);
  });
});

describe("over a socket", () => {
  test("whoever does not pass the approval does not see a byte", async () => {
    const seen: Buffer[] = [];
    await using server = await onSocket((_, response) => answer(response, 200, {}));
    const approved: string[] = [];
    const client = createClient({
      socketPath: server.socketPath,
      token: "hft_secret",
      approveSocket: async (socket: Socket, path) => {
        approved.push(path);
        expect(socket.bytesWritten).toBe(0);
        await Promise.resolve();
        throw new Error("not yours");
      },
    });
    const error = await failing(client.status());
    expect(error).toMatchObject({ code: "untrusted_socket", cause: { message: "not yours" } });
    expect(approved).toEqual([server.socketPath]);
    expect([...seen, ...server.arrived]).toEqual([]);
  });

  test("an approved one is asked once per connection, and serves", async () => {
    await using server = await onSocket((_, response) => answer(response, 200, {}));
    let approvals = 0;
    const client = createClient({ socketPath: server.socketPath, approveSocket: () => void approvals++ });
    await client.status();
    await client.status();
    client.close();
    expect(approvals).toBe(1);
  });

  test("a socket that is not there is said at once", async () => {
    const error = await failing(createClient({ socketPath: "/nowhere/socket" }).status());
    expect(error).toMatchObject({ code: "connection_failed", cause: { code: "ENOENT" } });
  });
});

describe("what passes is tried again", () => {
  test.each(["rate_limited", "overloaded", "busy"])("%s", async (code) => {
    await using server = await onSocket((_, response, count) =>
      count < 3 ? refuse(response, code === "rate_limited" ? 429 : 503, code) : answer(response, 200, {}),
    );
    const client = createClient({ socketPath: server.socketPath });
    await client.status();
    client.close();
    expect(server.arrived).toHaveLength(3);
  });

  test("a change keeps one Idempotency-Key through all attempts, and another call has another", async () => {
    await using server = await onSocket((_, response, count) =>
      count === 1 ? response.destroy() : answer(response, 200, {}),
    );
    const client = createClient({ socketPath: server.socketPath });
    await client.secrets.put("a", { value: 1 });
    await client.secrets.put("a", { value: 1 });
    await client.secrets.put("a", { value: 1 }, { idempotencyKey: "chosen-by-the-caller" });
    await client.secrets.read("a");
    client.close();
    const keys = server.arrived.map(({ headers }) => headers["idempotency-key"]);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
    expect(keys.slice(3)).toEqual(["chosen-by-the-caller", undefined]);
  });

  test("as often as allowed", async () => {
    await using server = await onSocket((_, response) => refuse(response, 503, "busy"));
    const client = createClient({ socketPath: server.socketPath, retries: 2 });
    expect((await failing(client.status())).code).toBe("busy");
    expect((await failing(client.status({ retries: 0 }))).code).toBe("busy");
    client.close();
    expect(server.arrived).toHaveLength(4);
  });

  test("what would come too late is not waited for, and the refusal is told", async () => {
    await using server = await onSocket((_, response) =>
      refuse(response, 429, "rate_limited", { "retry-after": "3600" }),
    );
    const client = createClient({ socketPath: server.socketPath });
    expect(await failing(client.status())).toMatchObject({ code: "rate_limited", retryAfterSeconds: 3600 });
    client.close();
    expect(server.arrived).toHaveLength(1);
  });

  test.each([
    [new Date(Date.now() + 3_600_000).toUTCString(), expect.toSatisfy((seconds) => seconds > 3000 && seconds <= 3600)],
    [new Date(0).toUTCString(), 0],
    ["soon", undefined],
  ])("Retry-After may be a date: %s", async (after, seconds) => {
    await using server = await onSocket((_, response) =>
      refuse(response, 429, "rate_limited", { "retry-after": after }),
    );
    const client = createClient({ socketPath: server.socketPath, retries: 0 });
    expect((await failing(client.status())).retryAfterSeconds).toEqual(seconds);
    client.close();
  });

  test.each([
    [503, "sealed"],
    [503, "storage_failed"],
    [404, "not_found"],
    [409, "version_mismatch"],
    [500, "internal"],
  ])("but not %i %s", async (status, code) => {
    await using server = await onSocket((_, response) => refuse(response, status, code));
    const client = createClient({ socketPath: server.socketPath });
    expect(await failing(client.status())).toMatchObject({ code, status });
    client.close();
    expect(server.arrived).toHaveLength(1);
  });

  test("a refused connection, until someone listens", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as { port: number };
    free.close();
    await once(free, "close");
    const client = createClient({ address: `https://127.0.0.1:${port}`, retries: 1 });
    expect(await failing(client.status())).toMatchObject({
      code: "connection_failed",
      cause: { code: "ECONNREFUSED" },
    });
  });

  test("a connection that ends in the middle of an answer", async () => {
    await using server = await onSocket((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write("{", () => response.destroy());
    });
    const client = createClient({ socketPath: server.socketPath, retries: 1 });
    expect((await failing(client.status())).code).toBe("connection_lost");
    expect(server.arrived).toHaveLength(2);
  });
});

describe("a call ends", () => {
  const silent = () => undefined;

  test("at its own deadline, when the server says nothing", async () => {
    await using server = await onSocket(silent);
    const client = createClient({ socketPath: server.socketPath, timeoutMs: 50 });
    expect((await failing(client.status())).code).toBe("timed_out");
    client.close();
  });

  test("when its caller gives it up, under way or while it waits to try again", async () => {
    await using server = await onSocket((_, response, count) => {
      if (count === 1) queueMicrotask(() => abort.abort());
      else refuse(response, 503, "busy", { "retry-after": "20" });
    });
    const client = createClient({ socketPath: server.socketPath });
    let abort = new AbortController();
    expect((await failing(client.status({ signal: abort.signal }))).code).toBe("aborted");
    abort = new AbortController();
    const onAnswer = () => void setImmediate(() => abort.abort());
    expect((await failing(client.status({ signal: abort.signal, onAnswer }))).code).toBe("aborted");
    expect((await failing(client.status({ signal: AbortSignal.abort() }))).code).toBe("aborted");
    client.close();
    expect(server.arrived).toHaveLength(2);
  });
});
