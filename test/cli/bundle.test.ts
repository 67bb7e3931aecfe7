import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../server.ts";
import { bundle, type Holdfast, holdfastBeside } from "./holdfast.ts";

describe.skipIf(!existsSync(bundle))("the bundle (skipped where scripts/bundle.mjs has not run)", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bundle-"));
  let server: TestServer;
  let holdfast: Holdfast;
  beforeAll(async () => {
    server = await startServer({ dataDir: join(folder, ".holdfast") });
    holdfast = holdfastBeside(server);
    holdfast(["put", "a/b", "-"], { input: "value" });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it.each([
    "get a/b",
    "get a/c",
    "ls a",
    "tree",
    "get --help",
    "get --nope",
    "audit key",
    "run --secret A=a/b -- env -i",
  ])("says what the sources say to %s", (line) => {
    const words = line.split(" ");
    expect(holdfast(words, { program: bundle })).toEqual(holdfast(words));
  });

  it("completes commands and options for a shell", () => {
    expect(holdfast(["completion", "bash"], { program: bundle }).out).toContain("# bash completion for holdfast");
    expect(holdfast(["complete", "--", "audit", "ver"], { program: bundle }).out).toContain("verify\t");
    expect(holdfast(["complete", "--", "get", "--ver"], { program: bundle }).out).toContain("--version\t");
  });
});
