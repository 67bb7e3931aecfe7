import { once } from "node:events";
import { mkdtempSync, openSync, rmSync } from "node:fs";
import { createConnection, createServer, type ListenOptions, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { believableUid, peerUid } from "./peer-credentials.ts";

async function accepted(at: ListenOptions): Promise<Socket> {
  const server = createServer().listen(at);
  await once(server, "listening");
  const address = server.address();
  const client = typeof address === "string" ? createConnection(address) : createConnection(address?.port ?? 0);
  const [socket] = (await once(server, "connection")) as [Socket];
  onTestFinished(() => {
    client.destroy();
    socket.destroy();
    server.close();
  });
  return socket;
}

test("the peer of a Unix socket is the user whose process connected", async () => {
  const folder = mkdtempSync(join(tmpdir(), "peer-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const socket = await accepted({ path: join(folder, "s") });
  expect(peerUid(socket)).toBe(process.getuid?.());
  socket.destroy();
  expect(peerUid(socket)).toBeUndefined();
});

test("a network connection has no peer identity", async () => {
  expect(peerUid(await accepted({ host: "127.0.0.1", port: 0 }))).toBeUndefined();
});

test("what is no socket has none either", () => {
  const descriptor = openSync("/dev/null", "r");
  expect(peerUid({ _handle: { fd: descriptor } } as unknown as Socket)).toBeUndefined();
  expect(peerUid({ _handle: null } as unknown as Socket)).toBeUndefined();
  expect(peerUid({ _handle: {} } as unknown as Socket)).toBeUndefined();
});

test("ids that stand for nobody in particular are nobody's", () => {
  expect([65_534, 0xffff_ffff].map(believableUid)).toEqual([undefined, undefined]);
  expect([0, 1_000, 65_533, 65_535].map(believableUid)).toEqual([0, 1_000, 65_533, 65_535]);
});
