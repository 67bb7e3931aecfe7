import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startProxy } from "./proxy.ts";

/** Answers every piece with itself in capitals. */
async function echo() {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("end", () => heard.push("end"));
    socket.on("data", (bytes) => {
      heard.push(bytes.toString());
      socket.write(bytes.toString().toUpperCase());
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const proxy = await startProxy({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  onTestFinished(async () => {
    await proxy.close();
    server.close();
  });
  return { proxy, heard };
}

function caller(port: number): Socket {
  const socket = connect({ host: "127.0.0.1", port });
  onTestFinished(() => void socket.destroy());
  return socket;
}

async function said(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  return String((await once(socket, "data"))[0]);
}

test("bytes and ends pass both ways", async () => {
  const { proxy, heard } = await echo();
  const socket = caller(proxy.port);
  expect(await said(socket, "one")).toBe("ONE");
  socket.end();
  await once(socket, "close");
  expect(heard).toEqual(["one", "end"]);
});

test("a cut breaks what stands and what comes, until it is mended", async () => {
  const { proxy } = await echo();
  const socket = caller(proxy.port);
  expect(await said(socket, "one")).toBe("ONE");
  proxy.cut();
  await expect(once(socket, "end")).rejects.toMatchObject({ code: "ECONNRESET" });
  await expect(once(caller(proxy.port), "end")).rejects.toMatchObject({ code: "ECONNRESET" });
  proxy.mend();
  expect(await said(caller(proxy.port), "two")).toBe("TWO");
});

test("what a black hole swallowed on the way back was heard, and arrives in order when it is mended", async () => {
  const { proxy, heard } = await echo();
  const socket = caller(proxy.port);
  const received: string[] = [];
  await said(socket, "one");
  socket.on("data", (bytes) => received.push(bytes.toString()));
  proxy.blackhole(["back"]);
  socket.write("two");
  await expect.poll(() => heard).toEqual(["one", "two"]);
  proxy.blackhole();
  socket.write("three");
  proxy.delay(1);
  expect({ heard, received }).toEqual({ heard: ["one", "two"], received: [] });
  proxy.mend();
  await expect.poll(() => received.join("")).toBe("TWOTHREE");
});

test("what is delayed arrives no sooner, and what follows does not overtake it", async () => {
  const { proxy, heard } = await echo();
  const socket = caller(proxy.port);
  await said(socket, "one");
  proxy.delay(50);
  const startedMs = performance.now();
  expect(await said(socket, "two")).toBe("TWO");
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(99);
  socket.write("three");
  await expect.poll(() => heard).toContain("three");
  proxy.delay(0);
  socket.write("four");
  const received: string[] = [];
  socket.on("data", (bytes) => received.push(bytes.toString()));
  await expect.poll(() => received.join("")).toBe("THREEFOUR");
});
