import { once } from "node:events";
import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { openDoor, readAll } from "./door.fixture.ts";

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
