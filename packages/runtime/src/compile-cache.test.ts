import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const module = new URL("./compile-cache.ts", import.meta.url).href;

/** In a process of its own: a cache that is on stays on. */
function shared(before: string): string {
  const script = `${before} const { shareCompileCache } = await import(${JSON.stringify(module)});
    const environment = {}; shareCompileCache(environment); process.stdout.write(JSON.stringify(environment));`;
  return execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] },
  });
}

it("hands the cache of compiled code on to threads, where there is one", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-compile-cache-"));
  const enable = `import { enableCompileCache } from "node:module"; enableCompileCache(${JSON.stringify(folder)});`;
  expect(JSON.parse(shared(enable))).toEqual({ NODE_COMPILE_CACHE: folder });
  expect(readdirSync(folder)).not.toEqual([]);
  expect(JSON.parse(shared(""))).toEqual({});
  rmSync(folder, { recursive: true });
});
