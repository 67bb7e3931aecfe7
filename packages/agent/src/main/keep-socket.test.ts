import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, request } from "node:http";
import { createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test, vi } from "vitest";
import { SocketKeeper } from "./keep-socket.ts";

async function keptSocket() {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-socket-"));
  const path = join(folder, "socket");
  const held: (() => void)[] = [];
  const server = createServer((asked, response) => {
    if (asked.url === "/slow") held.push(() => void response.end("the agent"));
    else response.end("the agent");
  });
  await new Promise<void>((resolve) => void server.listen({ path }, resolve));
  chmodSync(path, 0o600);
  const found: string[] = [];
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const keeper = new SocketKeeper({ path, server, log, onTaken: (what) => found.push(what) });
  onTestFinished(async () => {
    await keeper.close();
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, path, server, keeper, found, log, held };
}

function ask(socketPath: string, path = "/"): Promise<string> {
  return new Promise((resolve, reject) => {
    const agent = false;
    request({ socketPath, path, agent }, (response) => void text(response).then(resolve, reject))
      .once("error", reject)
      .end();
  });
}

test("a socket that is as it was bound is left alone", async () => {
  const { path, keeper, found } = await keptSocket();
  const { ino } = lstatSync(path);
  await keeper.look();
  expect([found, lstatSync(path).ino, keeper.feature()]).toEqual([[], ino, undefined]);
});

test("one that was removed is told of, and bound anew for its owner alone", async () => {
  const { path, keeper, found, log } = await keptSocket();
  unlinkSync(path);
  await expect(ask(path)).rejects.toThrow("ENOENT");
  await keeper.look();
  expect(await ask(path)).toBe("the agent");
  expect(lstatSync(path).mode & 0o777).toBe(0o600);
  await keeper.look();
  expect(found).toEqual(["nothing is there"]);
  expect(log.error).toHaveBeenCalledTimes(1);
});

test("in the place of another one, which answered for it, it is told of each time", async () => {
  const { path, keeper, found } = await keptSocket();
  for (let round = 0; round < 2; round++) {
    unlinkSync(path);
    const impostor = createNetServer().listen(path);
    await vi.waitUntil(() => existsSync(path));
    await keeper.look();
    expect(await ask(path)).toBe("the agent");
    impostor.close();
    // Its end took the name along, as it was its own once.
    await keeper.look();
  }
  expect(found.filter((what) => what === "another socket is there")).toHaveLength(2);
});

test("a link in its place is removed, and what it leads to is left alone", async () => {
  const { folder, path, keeper, found } = await keptSocket();
  const target = join(folder, "target");
  writeFileSync(target, "mine", { mode: 0o644 });
  unlinkSync(path);
  symlinkSync(target, path);
  await keeper.look();
  expect(await ask(path)).toBe("the agent");
  expect([found, lstatSync(target).mode & 0o777]).toEqual([["a link is there"], 0o644]);
});

test("while it cannot be bound that is said once and shown, and it is tried again", async () => {
  const { path, keeper, found, log } = await keptSocket();
  unlinkSync(path);
  mkdirSync(join(path, "inner"), { recursive: true });
  await keeper.look();
  await keeper.look();
  expect(keeper.feature()).toMatchObject({ name: "socket", state: "unavailable" });
  expect([found, log.error.mock.calls.length]).toEqual([["a folder is there"], 2]);
  rmSync(path, { recursive: true });
  await keeper.look();
  expect([await ask(path), keeper.feature()]).toEqual(["the agent", undefined]);
});

test("a call that is under way is answered although the name was taken", async () => {
  const { path, keeper, held } = await keptSocket();
  const slow = ask(path, "/slow");
  await vi.waitUntil(() => held.length === 1);
  unlinkSync(path);
  await keeper.look();
  expect(await ask(path)).toBe("the agent");
  held[0]?.();
  expect(await slow).toBe("the agent");
});

test("after its end nothing is bound any more", async () => {
  const { path, keeper, server } = await keptSocket();
  await keeper.close();
  server.close();
  await keeper.look();
  expect(existsSync(path)).toBe(false);
});
