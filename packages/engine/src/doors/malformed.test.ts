import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { openDoor, readAll, received } from "./door.fixture.ts";

const head = "Host: x\r\nAuthorization: Bearer valid\r\n";

describe("bytes that are no request", () => {
  test.each([
    ["garbage", "garbage\r\n\r\n"],
    ["another protocol", "\x16\x03\x01\x00\xa5\x01\x00\x00"],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["a future version", `GET /api/status HTTP/3.7\r\n${head}\r\n`],
    ["a NUL in the target", `GET /api/secrets/a\0b HTTP/1.1\r\n${head}\r\n`],
    ["a blank in the target", `GET /api/secrets/a b HTTP/1.1\r\n${head}\r\n`],
    ["a blank before the colon", `GET /api/status HTTP/1.1\r\n${head}X-A : 1\r\n\r\n`],
    ["a NUL in a header", `GET /api/status HTTP/1.1\r\n${head}X-A: \0\r\n\r\n`],
    ["a folded header", `GET /api/status HTTP/1.1\r\n${head}X-A: 1\r\n 2\r\n\r\n`],
    ["a bare line feed", `GET /api/status HTTP/1.1\nHost: x\n\n`],
  ])("are told so and cut off: %s", async (_what, bytes) => {
    const { exchange, ledger, strays } = await openDoor();
    const answer = received(await exchange(bytes));
    expect(answer).toMatchObject({ status: 400, headers: { connection: "close" } });
    expect(ledger.entries).toHaveLength(0);
    expect(answer.body).toMatchObject({
      type: "urn:holdfast:problem:invalid_input",
      requestId: expect.any(String) as string,
    });
    expect(strays).toEqual(["invalid_input"]);
  });

  test("without a Host are refused by Node itself", async () => {
    const { exchange, ledger } = await openDoor();
    const answer = received(await exchange("GET /api/status HTTP/1.1\r\n\r\n"));
    expect(answer).toMatchObject({ status: 400, headers: { connection: "close" } });
    expect(ledger.entries).toHaveLength(0);
  });

  test.each([
    ["both lengths (CL.TE)", "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX"],
    ["both lengths (TE.CL)", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n"],
    ["two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"],
    ["two equal lengths", "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"],
    ["a list of lengths", "Content-Length: 2, 2\r\n\r\n{}"],
    ["a signed length", "Content-Length: +2\r\n\r\n{}"],
    ["a length in hexadecimal", "Content-Length: 0x2\r\n\r\n{}"],
    ["a disguised encoding", "Transfer-Encoding: xchunked\r\n\r\n{}"],
    ["an encoding after chunked", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"],
    ["two encodings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"],
    ["an encoding with a blank before the colon", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"],
    ["a folded encoding", "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"],
    ["a chunk size that is none", "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n"],
    ["a chunk that is longer than it says", "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n"],
  ])("cannot smuggle a second request by %s (ATTACKS 48)", async (_what, rest) => {
    const { exchange, ledger } = await openDoor();
    const smuggled = `GET /api/audit/key HTTP/1.1\r\n${head}\r\n`;
    const text = await exchange(`POST /api/keys:rotate HTTP/1.1\r\n${head}${rest}${smuggled}`);
    expect(ledger.entries.map(({ entry }) => entry.action)).not.toContain("audit.key");
    expect(ledger.entries.every(({ entry }) => entry.outcome !== "ok")).toBe(true);
    expect(text.match(/HTTP\/1\.1 /g) ?? []).toHaveLength(1);
    expect(received(text).status).toBe(400);
  });
});

describe("a connection", () => {
  test("carries requests one after the other, and answers them in order", async () => {
    const { exchange } = await openDoor();
    const get = (target: string, more = "") => `GET ${target} HTTP/1.1\r\n${head}${more}\r\n`;
    const text = await exchange(get("/api/status") + get("/nowhere") + get("/api/keys", "Connection: close\r\n"));
    expect(text.match(/HTTP\/1\.1 (\d+)/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 404", "HTTP/1.1 200"]);
  });

  test("whose later bytes are garbage gives no answer that an earlier request would take for its own", async () => {
    const released = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const { connect, ledger, strays } = await openDoor({
      run: {
        status: async () => {
          begun.resolve();
          await released.promise;
          return { output: 1 };
        },
      },
    });
    const socket = connect();
    const answer = readAll(socket);
    socket.write(`GET /api/status HTTP/1.1\r\n${head}\r\n`);
    await begun.promise;
    socket.write("garbage\r\n\r\n");
    expect(await answer).toBe("");
    released.resolve();
    await expect.poll(() => ledger.entries.length).toBe(1);
    expect(strays).toEqual(["invalid_input"]);
  });

  test("with headers too large is told so", async () => {
    const { exchange, strays } = await openDoor({ limits: { maxHeaderBytes: 1_000 } });
    const answer = received(await exchange(`GET /api/status HTTP/1.1\r\n${head}X-A: ${"a".repeat(2_000)}\r\n\r\n`));
    expect(answer).toMatchObject({ status: 431, body: { code: "header_too_large" } });
    expect(strays).toEqual(["header_too_large"]);
  });

  test("with a target too long is told so", async () => {
    const { exchange } = await openDoor({ limits: { maxHeaderBytes: 1_000 } });
    expect(received(await exchange(`GET /${"a".repeat(2_000)} HTTP/1.1\r\n${head}\r\n`)).status).toBe(431);
  });

  test("whose headers never end is cut off (slow loris)", async () => {
    const { exchange, strays } = await openDoor({ limits: { headersTimeoutMs: 50 } });
    const answer = await exchange("GET /api/status HTTP/1.1\r\nHost: x\r\nX-Slow:");
    expect(received(answer)).toMatchObject({ status: 408, body: { code: "timeout" } });
    expect(strays).toEqual(["timeout"]);
  });

  test("that says nothing at all is cut off", async () => {
    const { connect, strays } = await openDoor({ limits: { headersTimeoutMs: 50 } });
    await readAll(connect());
    expect(strays).toEqual(["timeout"]);
  });

  test("whose body never ends is cut off, and the call is recorded", async () => {
    const { exchange, ledger } = await openDoor({ limits: { headersTimeoutMs: 50, requestTimeoutMs: 100 } });
    const answer = await exchange(`PUT /api/secrets/a HTTP/1.1\r\n${head}Content-Length: 9\r\n\r\n{`);
    expect(received(answer).status).toBe(408);
    await expect.poll(() => ledger.entries.map(({ entry }) => entry.outcome)).toEqual(["failed"]);
  });

  test("that is reset by its client is nothing to speak of", async () => {
    const { connect, ask } = await openDoor();
    const socket = connect();
    socket.write("GET /api/st");
    await once(socket, "connect");
    socket.resetAndDestroy();
    expect((await ask("GET /api/status")).status).toBe(200);
  });

  test("is one of a bounded number", async () => {
    const { connect } = await openDoor({ limits: { maxConnections: 1 } });
    const first = connect();
    await once(first, "connect");
    expect(await readAll(connect())).toBe("");
    first.destroy();
  });
});
