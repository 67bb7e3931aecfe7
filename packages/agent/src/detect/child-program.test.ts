import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { ENTRY, prepareProgram } from "./child-program.ts";

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-program-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "executor");
}

it("the executor's program is JavaScript that stands by itself, for its owner alone", () => {
  const folder = emptyFolder();
  const { entry, launcher } = prepareProgram(folder, ENTRY);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  expect(files.length).toBeGreaterThan(10);
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    expect(name).toMatch(/\.mjs$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const imported = [...readFileSync(path, "utf8").matchAll(/\bfrom "([^"]+)"/g)].map((match) => match[1]!);
    // What the process is made of is few: nothing of npm, nothing of the agent's.
    for (const specifier of imported)
      expect(specifier).toMatch(/^(node:(sqlite|fs|url|path|module)|\.{1,2}\/.+\.mjs)$/);
  }
  expect([entry, launcher].every((path) => statSync(path).isFile())).toBe(true);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it("the executor's program is written anew, whatever stood there", () => {
  const folder = emptyFolder();
  const { entry } = prepareProgram(folder, ENTRY);
  const before = readFileSync(entry, "utf8");
  writeFileSync(entry, "planted");
  prepareProgram(folder, ENTRY);
  expect(readFileSync(entry, "utf8")).toBe(before);
});
