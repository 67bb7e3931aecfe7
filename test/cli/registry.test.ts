import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../server.ts";
import { type Holdfast, holdfastBeside, run } from "./holdfast.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
let server: TestServer;
let holdfast: Holdfast;
beforeAll(async () => {
  server = await startServer({ dataDir: join(folder, ".holdfast") });
  holdfast = holdfastBeside(server);
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const key = "applications/shop/config/db-password";

describe("a secret", () => {
  it("goes in by a pipe and comes out unchanged, byte for byte", () => {
    expect(holdfast(["put", key, "-"], { input: "s3cr3t\n" })).toMatchObject({
      code: 0,
      out: `${key}  version 1\n`,
      err: "",
    });
    expect(holdfast(["get", key])).toEqual({ code: 0, out: "s3cr3t\n", err: "" });
  });

  it("may be an argument, which is warned of", () => {
    const { code, err } = holdfast(["put", key, "other"]);
    expect(code).toBe(0);
    expect(err).toContain("shows in process lists");
    expect(err).not.toContain("other");
    expect(holdfast(["get", key]).out).toBe("other");
    expect(holdfast(["get", "--version", "1", key]).out).toBe("s3cr3t\n");
  });

  it("may be any bytes", () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const cwd = folder;
    expect(run(["put", "a/bytes"], { cwd, input: bytes }).status).toBe(0);
    expect(run(["get", "a/bytes"], { cwd }).stdout.equals(bytes)).toBe(true);
  });

  it("may be large", () => {
    const input = "x".repeat(1_000_000);
    expect(holdfast(["put", "a/large"], { input }).code).toBe(0);
    expect(run(["get", "a/large"], { cwd: folder }).stdout.length).toBe(input.length);
  });

  it("keeps the spelling of numbers in JSON, by the quick way and by the SDK", () => {
    const text = '{"n":1.10,"big":12345678901234567890}';
    expect(holdfast(["put", "--config", "--type", "json", "a/json"], { input: text }).code).toBe(0);
    expect(holdfast(["get", "--config", "a/json"]).out).toBe(text);
    expect(holdfast(["--tenant", "main", "get", "--config", "a/json"]).out).toBe(text);
  });

  it("is written only over the version that is named", () => {
    expect(holdfast(["put", "--cas", "0", key, "-"], { input: "x" }).code).toBe(5);
    expect(holdfast(["put", "--cas", "2", key, "-"], { input: "third" }).code).toBe(0);
  });

  it("is deleted, brought back and destroyed", () => {
    expect(holdfast(["rm", key]).code).toBe(0);
    expect(holdfast(["get", key])).toMatchObject({
      code: 3,
      err: expect.stringContaining("holdfast undelete") as string,
    });
    expect(holdfast(["undelete", key]).code).toBe(0);
    expect(holdfast(["history", key, "--json"]).out).toContain('"state":"live"');
    expect(holdfast(["destroy", "--version", "1", key]).out).toContain("destroyed: 1");
    expect(holdfast(["get", "--version", "1", key]).code).toBe(3);
    expect(holdfast(["get", key]).out).toBe("third");
  });

  it("shows in ls and tree, with its folders", () => {
    expect(holdfast(["ls", "applications/shop/config"]).out).toContain(key);
    expect(holdfast(["tree", "applications"]).out).toMatch(
      /shop\/\n {2}config\/\n {4}db-password {2}secret, version 3\n/,
    );
  });

  it("that is not there, or whose path is not canonical, is refused with its own exit code", () => {
    expect(holdfast(["get", "no/such"]).code).toBe(3);
    expect(holdfast(["get", "a//b"]).code).toBe(2);
    expect(holdfast(["get", `${key}/versions/3`]).code).toBe(2);
  });
});

describe("a command with secrets in its environment", () => {
  it("sees them, and gives its exit code", () => {
    const script = 'printf %s "$DB_PASSWORD"; exit 7';
    const words = ["run", "--prefix", "applications/shop/config", "--", "sh", "-c", script];
    expect(holdfast(words)).toEqual({ code: 7, out: "third", err: "" });
  });

  it("is not started when one cannot be read, and nothing of the others is printed (ATTACKS 47)", () => {
    const words = ["run", "--secret", `A=${key}`, "--secret", "B=no/such", "--", "env"];
    const { code, out, err } = holdfast(words);
    expect(code).toBe(3);
    expect(out + err).not.toContain("third");
  });
});

describe("status and self-check", () => {
  it("know the server", () => {
    expect(holdfast(["status"]).out).toMatch(/^server {3}holdfast \d/);
    expect(holdfast(["self-check", "--verbose"])).toMatchObject({
      code: 0,
      out: expect.stringContaining("nothing is wrong") as string,
    });
  });
});
