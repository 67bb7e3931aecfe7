import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startServer, type TestServer } from "../server.ts";
import { fromSources, shipped } from "../program/program.ts";
import { type Holdfast, holdfastBeside } from "./holdfast.ts";

describe.skipIf(!existsSync(shipped.main))("the bundle (skipped where scripts/bundle.mjs has not run)", () => {
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
    expect(holdfast(words)).toEqual(holdfast(words, { program: fromSources }));
  });

  it("completes commands and options for a shell", () => {
    expect(holdfast(["completion", "bash"]).out).toContain("# bash completion for holdfast");
    expect(holdfast(["complete", "--", "audit", "ver"]).out).toContain("verify\t");
    expect(holdfast(["complete", "--", "get", "--ver"]).out).toContain("--version\t");
  });
});
