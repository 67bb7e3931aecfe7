import { once } from "node:events";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { openDoor, readAll, received } from "./door.fixture.ts";

test("a listener that closes answers the calls that are under way, in full, and then ends their connections", async () => {
  const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { server, connect, ledger } = await openDoor({
    run: {
      status: async () => {
        begun.resolve();
        await released.promise;
        return { output: { done: true } };
      },
    },
  });
  const [idle, busy] = [connect(), connect()];
  const answer = readAll(busy);
  busy.write("GET /api/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer valid\r\n\r\n");
  await begun.promise;
  const closed = server.close();
  await expect.poll(() => server.server.listening).toBe(false);
  released.resolve();
  expect(received(await answer)).toMatchObject({
    status: 200,
    body: { done: true },
    headers: { connection: "close" },
  });
  await Promise.all([closed, readAll(idle)]);
  expect(ledger.entries).toHaveLength(1);
});

test("a listener that closes does not wait for connections that have said nothing yet", async () => {
  const { server, connect } = await openDoor();
  const silent = connect();
  await once(silent, "connect");
  await Promise.all([server.close(), readAll(silent)]);
});

test("a connection that is accepted while a listener closes is ended", async () => {
  const { server } = await openDoor();
  await server.close();
  let isDestroyed = false;
  const late = { destroy: () => (isDestroyed = true), on: () => late, emit: () => false } as unknown as Socket;
  for (const listener of server.server.listeners("connection").slice(1)) listener.call(server.server, late);
  expect(isDestroyed).toBe(true);
});
