import { createServer } from "node:net";
import { inspect } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { defaultAddressPolicy } from "../net/address-policy.ts";
import { systemLookup } from "../net/dial.ts";
import { certifiedIdentity } from "../self-signed.fixture.ts";
import { type HttpRoute, post } from "./post.ts";
import { type Answer, type Receiver, startReceiver, status } from "./receiver.fixture.ts";

const never = new AbortController().signal;

function routeTo(receiver: Pick<Receiver, "ca">, changes: Partial<HttpRoute> = {}): HttpRoute {
  return {
    policy: { ...defaultAddressPolicy, allowLoopback: true },
    lookup: systemLookup,
    timeoutMs: 5_000,
    responseTimeoutMs: 5_000,
    tls: { ca: receiver.ca },
    followsSameOrigin: false,
    ...changes,
  };
}

function postTo(receiver: Receiver, changes: Partial<HttpRoute> = {}, signal = never, url = receiver.url) {
  const request = { url: new URL(url), headers: { "content-type": "application/json" }, body: '{"é":1}' };
  return post(request, routeTo(receiver, changes), () => 0, signal);
}

describe("posting", () => {
  test("sends the body over TLS to a receiver whose certificate is verified", async () => {
    const receiver = await startReceiver();
    await postTo(receiver);
    expect(receiver.received).toMatchObject([
      { path: "/hook", body: '{"é":1}', headers: { "content-length": "8", host: new URL(receiver.url).host } },
    ]);
  });

  test.each([200, 201, 202, 204, 299])("takes %i for success", async (code) => {
    await expect(postTo(await startReceiver(status(code)))).resolves.toBeUndefined();
  });

  test.each([
    [400, "http_rejected", false],
    [401, "http_unauthorized", false],
    [403, "http_unauthorized", false],
    [404, "http_gone", false],
    [408, "http_failed", true],
    [410, "http_gone", false],
    [413, "http_rejected", false],
    [429, "throttled", true],
    [500, "http_failed", true],
    [503, "http_failed", true],
    [301, "redirect_refused", false],
    [304, "redirect_refused", false],
  ])("takes %i for %s", async (code, expected, isTransient) => {
    const receiver = await startReceiver(status(code));
    const { host } = new URL(receiver.url);
    await expect(postTo(receiver)).rejects.toMatchObject({
      code: expected,
      isTransient,
      message: `${host} answered ${code}`,
    });
  });

  test.each([
    ["a number of seconds", "7", 7_000],
    ["a date", "Thu, 01 Jan 1970 00:00:30 GMT", 30_000],
    ["more than is given to anybody", "999999", 900_000],
    ["nothing to speak of", "0", 1_000],
    ["what cannot be read", "soon", undefined],
  ])("honours a receiver that asks for time: %s", async (_name, header, expected) => {
    const receiver = await startReceiver(status(429, { "retry-after": header }));
    await expect(postTo(receiver)).rejects.toMatchObject({ code: "throttled", retryAfterMs: expected });
  });

  test("goes to no other host, whatever a receiver says", async () => {
    const other = await startReceiver();
    for (const location of [
      other.url,
      "https://169.254.169.254/latest/meta-data",
      "http://127.0.0.1/",
      "//evil.example.org/",
    ]) {
      for (const code of [301, 302, 303, 307, 308]) {
        const receiver = await startReceiver(status(code, { location }));
        await expect(postTo(receiver, { followsSameOrigin: true })).rejects.toMatchObject({ code: "redirect_refused" });
        expect(receiver.received).toHaveLength(1);
      }
    }
    expect(other.received).toEqual([]);
  });

  test("follows a redirect inside the same origin when that is wanted, three times at most", async () => {
    const receiver = await startReceiver();
    receiver.answer = (response, { path }) =>
      status(path === "/there" ? 200 : 308, { location: "/there" })(response, undefined!);
    await expect(postTo(receiver)).rejects.toMatchObject({ code: "redirect_refused" });
    await postTo(receiver, { followsSameOrigin: true });
    expect(receiver.received.at(-1)).toMatchObject({ path: "/there", body: '{"é":1}' });
    receiver.answer = status(307, { location: "/hook" });
    receiver.received.length = 0;
    await expect(postTo(receiver, { followsSameOrigin: true })).rejects.toMatchObject({ code: "redirect_refused" });
    expect(receiver.received).toHaveLength(4);
  });

  test("reads no more of an answer than it has to: the status has decided", async () => {
    const endless: Answer = (response) => {
      response.writeHead(201);
      const fill = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", fill);
      fill();
    };
    await expect(postTo(await startReceiver(endless))).resolves.toBeUndefined();
  });

  test("does not wait for a body that trickles after the status", async () => {
    const slow: Answer = (response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("x");
    };
    await expect(postTo(await startReceiver(slow))).resolves.toBeUndefined();
  });

  test("does not wait for a receiver that never answers", async () => {
    const receiver = await startReceiver(() => undefined);
    await expect(postTo(receiver, { responseTimeoutMs: 50 })).rejects.toMatchObject({ code: "response_timeout" });
  });

  test("ends when it is called off", async () => {
    const calledOff = new AbortController();
    const receiver = await startReceiver(() => calledOff.abort());
    await expect(postTo(receiver, {}, calledOff.signal)).rejects.toMatchObject({ code: "cancelled" });
  });

  test.each([
    ["a connection that breaks", (response) => response.socket?.destroy()],
    ["headers that are too long", status(200, { "x-long": "x".repeat(20_000) })],
    [
      "an upgrade that nobody asked for",
      (response) =>
        response.socket?.end("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"),
    ],
    ["what is no HTTP", (response) => response.socket?.end("220 mail.example.org ESMTP\r\n")],
  ] satisfies readonly (readonly [string, Answer])[])("takes %s for a failure that may pass", async (_name, answer) => {
    await expect(postTo(await startReceiver(answer))).rejects.toMatchObject({
      code: "response_invalid",
      isTransient: true,
    });
  });
});

test("a connection that is reset is a failure that may pass", async () => {
  const receiver = await startReceiver((response) => response.socket?.resetAndDestroy(), "http");
  await expect(postTo(receiver)).rejects.toMatchObject({ code: "response_invalid", isTransient: true });
});

test("what a receiver said that is no HTTP is repeated nowhere", async () => {
  const receiver = await startReceiver((response) => response.socket?.end("hunter2 is the password\r\n"));
  const failure: unknown = await postTo(receiver).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "response_invalid", message: expect.stringContaining("HPE_") as string });
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain("hunter2");
});

describe("a certificate", () => {
  test("of an authority that is not trusted ends it before anything is said", async () => {
    const receiver = await startReceiver();
    const stranger = certifiedIdentity();
    for (const tls of [{ ca: stranger.ca }, {}]) {
      await expect(postTo(receiver, { tls })).rejects.toMatchObject({ code: "certificate_refused", isTransient: true });
    }
    expect(receiver.received).toEqual([]);
  });

  test("must have the name that is connected to", async () => {
    const receiver = await startReceiver();
    const url = receiver.url.replace("127.0.0.1", "other.example.org");
    const lookup = async () => ["127.0.0.1"];
    await expect(postTo(receiver, { lookup }, never, url)).rejects.toMatchObject({
      code: "certificate_refused",
      message: expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID") as string,
    });
    await expect(
      postTo(receiver, { lookup, tls: { ca: receiver.ca, serverName: "localhost" } }, never, url),
    ).resolves.toBeUndefined();
  });

  test("is not waited for longer than a connection is", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void silent.close());
    const receiver = await startReceiver();
    const { port } = silent.address() as { port: number };
    await expect(postTo(receiver, { timeoutMs: 50 }, never, `https://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: "connect_timeout",
    });
  });
});
