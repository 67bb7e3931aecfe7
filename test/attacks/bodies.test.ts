import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Wire } from "../wire.ts";
import { startWorld, type World } from "../world.ts";

let world: World;
let wire: Wire;
beforeAll(async () => {
  world = await startWorld();
  wire = (await world.bearer({ roles: ["global-admin"] })).wire;
});
afterAll(() => world.stop());

const target = "/api/secrets/b/key";
const put = (body: string | Buffer, headers = {}) => wire.put(target, body, { headers });

describe("ATTACKS 30: a body that is more than it looks", () => {
  it.each([
    ["arrays", `{"value":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    ["objects", `{"value":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}`],
    ["arrays without an end", `{"value":${"[".repeat(400_000)}`],
  ])("nested deep, in %s, is refused and overflows no stack", async (_, body) => {
    expect((await put(body)).code).toBe("malformed_json");
  });

  it.each([
    ["keys", `{"value":{${Array.from({ length: 100_000 }, (_, index) => `"${index}":0`).join()}}}`],
    ["values", `{"value":[${"0,".repeat(600_000)}0]}`],
    ["metadata", `{"value":1,"metadata":{${Array.from({ length: 65 }, (_, index) => `"${index}":0`).join()}}}`],
    ["characters of one number", `{"value":1,"cas":${"1".repeat(1_000_000)}}`],
  ])("with too many %s is refused", async (_, body) => {
    expect((await put(body)).status).toBe(400);
  });

  it.each([
    ["a note", () => wire.put(target, { value: 1, note: "a\0b" })],
    ["a role's description", () => wire.post("/api/roles", { name: "nul", permissions: [], description: "\0" })],
    ["a page's position", () => wire.get("/api/tokens?after=%00")],
    ["a filter", () => wire.get("/api/audit/entries?action=%00")],
  ])("with U+0000 in %s, which no database keeps as text, is refused by name", async (_, ask) => {
    const answer = await ask();
    expect(answer.status).toBe(400);
    expect(answer.code).toBe("invalid_input");
  });

  it("keeps U+0000 in a value, and in its metadata", async () => {
    const value = { text: "a\0b" };
    (await wire.put("/api/secrets/b/nul", { value, metadata: { note: "\0" } })).output();
    expect((await wire.get("/api/secrets/b/nul")).json).toMatchObject({ value, metadata: { note: "\0" } });
  });

  it("that would unpack to more is not unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, " "));
    for (const encoding of ["gzip", "br", "deflate", "zstd", "x-gzip", "identity, gzip"]) {
      expect((await put(bomb, { "content-encoding": encoding })).code).toBe("unsupported_media_type");
    }
  });

  it("without a length is cut off where the bound is", async () => {
    const { hostname, port } = new URL(world.server.address);
    const socket = connect({ host: hostname, port: Number(port), ca: readFileSync(world.server.caPath) });
    const answer = textOf(socket);
    socket.write(
      `PUT ${target} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    for (let sent = 0; sent < 1_000 && !socket.destroyed && !socket.readableEnded; sent += 1) {
      if (!socket.write(chunk)) await drained(socket);
    }
    socket.end();
    expect(await answer).toMatch(/^(HTTP\/1\.1 (413|401) |$)/);
  });

  it("leaves the server as it was", async () => {
    expect((await wire.get("/healthz")).status).toBe(200);
    expect((await wire.get(target)).code).toBe("not_found");
    expect((await put('{"value":1}')).status).toBe(201);
  });
});

describe("ATTACKS 30: a target or headers that are more than they look", () => {
  it("are bounded in length, number and segments", async () => {
    expect((await wire.get(`/api/secrets/${"a/".repeat(40)}b`)).code).toBe("path_not_canonical");
    expect((await wire.get(`/api/secrets/${"a".repeat(600)}`)).code).toBe("path_not_canonical");
    expect((await wire.get(`/api/status?${"a".repeat(20_000)}`)).status).toBe(431);
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`x-${index}`, "1"]));
    expect((await wire.get("/api/status", { headers: many })).status).toBe(431);
    expect(
      (await wire.get(`/api/tree?${Array.from({ length: 2_000 }, (_, index) => `a${index}=1`).join("&")}`)).code,
    ).toBe("invalid_input");
  });

  it("say no other number of items than one answer may hold", async () => {
    for (const limit of ["0", "1001", "99999999999999999999", "-1", "1.5", "1e2"]) {
      expect((await wire.get(`/api/tree?limit=${limit}`)).code).toBe("invalid_input");
    }
    const versions = Array.from({ length: 1_001 }, (_, index) => index + 1);
    expect((await wire.post(`${target}:destroy`, { versions })).code).toBe("invalid_input");
    const permissions = Array.from({ length: 1_001 }, (_, index) => `secret:a/${index}:read`);
    expect((await wire.post("/api/roles", { name: "many", permissions })).code).toBe("invalid_input");
  });
});

function textOf(socket: TLSSocket): Promise<string> {
  let text = "";
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.on("data", (piece: Buffer) => (text += piece.toString()));
  socket.once("close", () => resolve(text));
  // A server that has had enough resets what still comes.
  socket.on("error", () => undefined);
  return promise;
}

async function drained(socket: TLSSocket): Promise<void> {
  const listening = new AbortController();
  const events = ["drain", "close", "end"].map((event) => once(socket, event, listening).catch(() => []));
  await Promise.race(events);
  listening.abort();
}
