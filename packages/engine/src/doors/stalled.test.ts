import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openDoor } from "./door.fixture.ts";

/** More than the system takes for a reader that takes nothing. */
const all = 16 * 1024 * 1024;
const partOf = (parts: number) => () => ({
  output: undefined,
  binary: { mediaType: "application/octet-stream", bytes: new Uint8Array(all / parts) },
});
const request = (target: string) => `GET ${target} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer valid\r\n\r\n`;
const limits = { requestTimeoutMs: 400, headersTimeoutMs: 300 };

// Ten thousand of these are all connections that there are, and nobody had to show a credential for one.
describe("a client that does not take its answer", () => {
  test.each([1, 64])("is cut off when nothing has moved for a while, with %i requests at once", async (requests) => {
    const { connect } = await openDoor({ limits, run: { "audit.export": partOf(requests) } });
    const socket = connect();
    socket.on("error", () => {});
    socket.pause();
    socket.write(request("/api/audit/export?start=0&limit=1").repeat(requests));
    await wait(1500);
    let taken = 0;
    socket.on("data", (piece: Buffer) => (taken += piece.byteLength));
    socket.resume();
    await once(socket, "close");
    expect(taken).toBeLessThan(all);
  });

  test("has all of it when it takes it slowly", async () => {
    const { connect } = await openDoor({ limits, run: { "audit.export": partOf(1) } });
    const socket = connect();
    let taken = 0;
    const done = Promise.withResolvers<void>();
    socket.on("data", (piece: Buffer) => {
      taken += piece.byteLength;
      if (taken >= all) done.resolve();
      socket.pause();
      setTimeout(() => socket.resume(), 5);
    });
    socket.write(request("/api/audit/export?start=0&limit=1"));
    await done.promise;
    socket.destroy();
  });

  test("waits as long as it takes for the answer behind it", async () => {
    const { connect } = await openDoor({
      limits,
      run: { "audit.export": partOf(1), status: () => wait(1000).then(() => ({ output: { late: true } })) },
    });
    const socket = connect();
    const late = Promise.withResolvers<void>();
    let tail = "";
    socket.on("data", (piece: Buffer) => {
      tail = (tail + piece.toString("latin1")).slice(-200);
      if (tail.includes('{"late":true}')) late.resolve();
    });
    socket.once("close", () => late.reject(new Error("cut off")));
    socket.write(request("/api/audit/export?start=0&limit=1") + request("/api/status"));
    await late.promise;
    socket.destroy();
  });
});
