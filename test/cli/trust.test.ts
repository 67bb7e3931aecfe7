import { chmodSync, chownSync, mkdtempSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../server.ts";
import { type Holdfast, holdfastBeside } from "./holdfast.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-trust-"));
const secret = "correct horse battery";
let server: TestServer;
let holdfast: Holdfast;
let token: string;
beforeAll(async () => {
  server = await startServer({ dataDir: join(folder, ".holdfast") });
  holdfast = holdfastBeside(server);
  holdfast(["put", "a/b", "-"], { input: secret });
  holdfast(["role", "write", "a-reader", "secret:a/**:read"]);
  token = holdfast(["token", "create", "--role", "a-reader"]).out.trim();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe("a token", () => {
  it("goes to a socket or an address that is named, and has its own rights there", () => {
    const places = [
      { HOLDFAST_SOCKET: ".holdfast/socket" },
      { HOLDFAST_ADDR: server.address, HOLDFAST_CACERT: ".holdfast/ca.pem" },
    ];
    for (const place of places) {
      const env = { ...place, HOLDFAST_TOKEN: token };
      expect(holdfast(["get", "a/b"], { env }).out).toBe(secret);
      expect(holdfast(["put", "a/b", "-"], { env, input: "x" }).code).toBe(4);
      expect(holdfast(["why", "secret:a/b:write"], { env }).code).toBe(4);
    }
  });

  it("never goes to a socket that was found, nor does the call go on without it", () => {
    const env = { HOLDFAST_TOKEN: token };
    for (const words of [["get", "a/b"], ["tree"]]) expect(holdfast(words, { env }).code).toBe(2);
  });

  it("never goes to a server whose certificate is not trusted", () => {
    const env = { HOLDFAST_ADDR: server.address, HOLDFAST_TOKEN: token };
    expect(holdfast(["get", "a/b"], { env }).code).toBe(7);
  });

  it("that is revoked is refused at once", () => {
    const made = JSON.parse(holdfast(["token", "create", "--role", "a-reader", "--json"]).out) as Record<
      string,
      string
    >;
    const env = { HOLDFAST_SOCKET: ".holdfast/socket", HOLDFAST_TOKEN: made["token"] ?? "" };
    expect(holdfast(["get", "a/b"], { env }).code).toBe(0);
    expect(holdfast(["token", "revoke", made["accessor"] ?? ""]).code).toBe(0);
    expect(holdfast(["get", "a/b"], { env }).code).toBe(4);
  });
});

describe("a planted folder", () => {
  const planted = mkdtempSync(join(tmpdir(), "holdfast-planted-"));
  const received: Buffer[] = [];
  const thief = createServer((socket) => socket.on("data", (piece) => received.push(piece)));
  beforeAll(async () => {
    symlinkSync(server.dataDir, join(planted, ".holdfast"));
    await once(thief.listen(join(planted, "thief")), "listening");
  });
  afterAll(() => {
    thief.close();
    rmSync(planted, { recursive: true });
  });

  it("that is a link gets nothing", () => {
    for (const words of [
      ["put", "a/b", "-"],
      ["rm", "a/b"],
    ]) {
      expect(holdfast(words, { cwd: planted, input: secret }).code).toBe(7);
    }
  });

  it("in which others may write gets nothing", () => {
    chmodSync(server.dataDir, 0o770);
    const { code } = holdfast(["put", "a/b", "-"], { input: secret });
    chmodSync(server.dataDir, 0o700);
    expect(code).toBe(7);
  });

  it.skipIf(process.geteuid?.() !== 0)("of another user gets nothing (needs root)", () => {
    chownSync(server.dataDir, 12_345, 12_345);
    const codes = [
      ["put", "a/b", "-"],
      ["rm", "a/b"],
    ].map((words) => holdfast(words, { input: secret }).code);
    chownSync(server.dataDir, 0, 0);
    expect(codes).toEqual([7, 7]);
  });

  it("whose socket leads elsewhere gets nothing", () => {
    const path = server.socketPath;
    renameSync(path, `${path}.real`);
    symlinkSync(join(planted, "thief"), path);
    const { code } = holdfast(["put", "a/b", "-"], { input: secret });
    rmSync(path);
    renameSync(`${path}.real`, path);
    expect(code).toBe(7);
    expect(received).toEqual([]);
  });
});
