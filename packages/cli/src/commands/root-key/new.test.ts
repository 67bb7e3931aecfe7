import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { stage } from "../../context.fixture.ts";
import { rootKeyNew } from "./new.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-key-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function make(workingFolder: string, options: Record<string, string | true> = {}): Promise<string> {
  const given = { arguments: [], options };
  const staged = stage({ workingFolder, isTerminal: true }, given);
  await rootKeyNew.run(staged.context, given);
  return staged.out();
}

it("writes a key that only its owner can read, and shows only where it is", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "root.key");
  expect(await make(folder)).toBe(`${file}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toMatch(/^[0-9a-f]{64}\n$/);
  expect(readdirSync(folder)).toEqual(["root.key"]);
});

it("makes another one each time, and never writes over one", async () => {
  const folder = temporaryFolder();
  await make(folder, { out: "one" });
  await make(folder, { out: "two" });
  const one = readFileSync(join(folder, "one"), "utf8");
  expect(readFileSync(join(folder, "two"), "utf8")).not.toBe(one);
  await expect(make(folder, { out: "one" })).rejects.toMatchObject({ exitCode: 5 });
  expect(readFileSync(join(folder, "one"), "utf8")).toBe(one);
  writeFileSync(join(folder, "empty"), "");
  await expect(make(folder, { out: "empty" })).rejects.toMatchObject({ exitCode: 5 });
});

it("prints the key only when it is asked to, and then writes no file", async () => {
  const folder = temporaryFolder();
  expect(await make(folder, { out: "-" })).toMatch(/^[0-9a-f]{64}\n$/);
  expect(JSON.parse(await make(folder, { out: "-", json: true }))).toEqual({
    rootKey: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  expect(readdirSync(folder)).toEqual([]);
});

it("says so when the place cannot be written to", async () => {
  const folder = temporaryFolder();
  await expect(make(folder, { out: "none/root.key" })).rejects.toMatchObject({ exitCode: 1 });
  expect(existsSync(join(folder, "none"))).toBe(false);
});
