import { readFileSync } from "node:fs";
import { connect as connectSocket } from "node:net";
import type { Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import type { TestServer } from "../server.ts";
import { administrator, runningServer, temporaryHome } from "./fixture.ts";

const freshServer = () => runningServer({ dataDir: join(temporaryHome(), "data") });

/** A bare connection over one of the doors. */
function connection({ address, caPath, socketPath }: TestServer, door: "https" | "socket"): Socket {
  const port = Number(new URL(address).port);
  const socket =
    door === "socket" ? connectSocket(socketPath) : connectTls({ host: "127.0.0.1", port, ca: readFileSync(caPath) });
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Everything that comes until the other side ends it. */
function untilEnd(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => {
    // Whoever is refused in the middle of sending may meet a reset; what counts is what was answered before.
    socket.on("error", () => resolve(text));
    socket.on("close", () => resolve(text));
  });
}

const post = (token = "") =>
  `POST /api/secrets HTTP/1.1\r\nHost: h\r\n${token && `Authorization: Bearer ${token}\r\n`}Content-Type: application/json\r\n`;

test("connections that send a byte now and then are ended, and hold up nobody", async () => {
  const server = await freshServer();
  const client = administrator(server);
  const drips = ["https", "socket"].flatMap((door) =>
    Array.from({ length: 100 }, (_, index) => {
      const socket = connection(server, door as "https" | "socket");
      const isBody = index % 2 === 0;
      socket.write(isBody ? `${post()}Content-Length: 1000\r\n\r\n{` : "GET /api/status HTTP/1.1\r\nHost: h\r\n");
      const drip = setInterval(() => socket.write(isBody ? " " : "X-Slow: 1\r\n"), 500);
      return untilEnd(socket).finally(() => clearInterval(drip));
    }),
  );
  await client.secrets.put("applications/a", { value: "meanwhile" });
  // The answer may be lost with the connection: its bytes still come when that is closed.
  const starts = new Set((await Promise.all(drips)).map((answer) => answer.slice(0, 12)));
  expect(starts).toContain("HTTP/1.1 408");
  expect([...starts].filter((start) => start !== "HTTP/1.1 408" && start !== "")).toEqual([]);
  expect(await client.secrets.read("applications/a")).toMatchObject({ value: "meanwhile" });
});

const nested = (depth: number) => `{"key":"applications/a","value":${"[".repeat(depth)}${"]".repeat(depth)}}`;
const manyKeys = `{"key":"applications/a","value":{${Array.from({ length: 20_000 }, (_, at) => `"k${at}":0`).join()}}}`;
const sized = (body: string, headers = "") => `${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
const chunks = (count: number) => `10000\r\n${"x".repeat(65_536)}\r\n`.repeat(count);

test.each([
  ["a body that is too large", sized(`{"key":"applications/a","value":"${"x".repeat(2_000_000)}"}`), 413],
  ["a body that never ends", `Transfer-Encoding: chunked\r\n\r\n${chunks(40)}`, 413],
  ["headers that are too large", `X-Large: ${"x".repeat(40_000)}\r\n\r\n`, 431],
  ["JSON that is nested too deep", sized(nested(100_000)), 400],
  ["JSON with too many keys", sized(manyKeys), 400],
  ["a body that says it is compressed", sized("x".repeat(100), "Content-Encoding: gzip\r\n"), 415],
])("%s is refused, and the server goes on", async (_, rest, status) => {
  const server = await freshServer();
  const { token } = await administrator(server).tokens.create({});
  for (const door of ["https", "socket"] as const) {
    const socket = connection(server, door);
    const answer = untilEnd(socket);
    socket.write(`${post(token)}Connection: close\r\n${rest}`);
    expect(await answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [^]*application/problem\\+json`, "i"));
  }
  expect(await administrator(server).status()).toMatchObject({ tenant: "main" });
});

test("Ctrl-C under load drains: what was acknowledged is there, and the end is clean", async () => {
  const server = await freshServer();
  const acknowledged: string[] = [];
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    const client = administrator(server);
    for (let count = 0; ; count++) {
      const key = `applications/load/w${writer}-${count}`;
      await client.secrets.put(key, { value: key });
      acknowledged.push(key);
      if (acknowledged.length === 100) server.process.kill("SIGINT");
    }
  });
  const exit = new Promise((resolve) => server.process.once("exit", resolve));
  const ended = await Promise.allSettled(writers);
  expect(ended.every(({ status }) => status === "rejected")).toBe(true);
  expect(await exit).toBe(0);
  expect(server.output()).toContain("holdfast: stopping, finishing what was begun");

  const next = await runningServer({ dataDir: server.dataDir });
  expect(next.output()).not.toContain("recovered what it had committed");
  const client = administrator(next);
  for (const key of acknowledged) expect(await client.secrets.read(key)).toMatchObject({ value: key, version: 1 });
  expect(await client.audit.verify({ state: true })).toMatchObject({ ok: true });
});

test("SIGUSR1 opens no inspector", async () => {
  const server = await freshServer();
  server.process.kill("SIGUSR1");
  await expect.poll(() => isInspectorOpen(), { timeout: 1_000 }).toBe(false);
  expect(server.output()).not.toMatch(/debugger/i);
});

/** Where Node's inspector listens unless told otherwise. */
function isInspectorOpen(): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connectSocket(9229, "127.0.0.1");
    probe.once("connect", () => resolve(true));
    probe.once("error", () => resolve(false));
  });
}
