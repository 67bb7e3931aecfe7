import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { stage } from "../../context.fixture.ts";
import { rootKeyExport } from "./export.ts";

const hex = "0f".repeat(32);

/** A folder with an agent's in it, whose key an older version kept as it is. */
function place(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-key-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "agent"), { mode: 0o700 });
  writeFileSync(join(folder, "agent/holdfast.db"), "");
  writeFileSync(join(folder, "agent/root.key"), `${hex}\n`, { mode: 0o600 });
  return folder;
}

async function run(workingFolder: string, options: Record<string, string | true>): Promise<string> {
  const given = { arguments: [], options: { "data-dir": "agent", ...options } };
  const staged = stage({ workingFolder, env: { HOLDFAST_AGENT_CREDENTIALS_STORE: "file" } }, given);
  await rootKeyExport.run(staged.context, given);
  return staged.out();
}

it("copies the key to a file that only its owner can read, and never over another", async () => {
  const folder = place();
  expect(await run(folder, { out: "safe.key" })).toBe(`${folder}/safe.key\n`);
  expect(readFileSync(join(folder, "safe.key"), "utf8")).toBe(`${hex}\n`);
  expect(statSync(join(folder, "safe.key")).mode & 0o777).toBe(0o600);
  await expect(run(folder, { out: "safe.key" })).rejects.toMatchObject({ exitCode: 5 });
});

it("prints it only when it is asked to, and leaves the agent's folder as it is", async () => {
  const folder = place();
  expect(await run(folder, { out: "-" })).toBe(`${hex}\n`);
  expect(JSON.parse(await run(folder, { out: "-", json: true }))).toEqual({ rootKey: hex });
  expect(readFileSync(join(folder, "agent/root.key"), "utf8")).toBe(`${hex}\n`);
  expect(readdirSync(join(folder, "agent"))).toEqual(["holdfast.db", "root.key"]);
});

it("says in the agent's own words why there is none", async () => {
  const folder = place();
  await expect(run(folder, {})).rejects.toMatchObject({ exitCode: 2 });
  await expect(run(folder, { out: "-", "data-dir": "none" })).rejects.toMatchObject({
    message: expect.stringContaining("There is no ledger in") as string,
  });
  rmSync(join(folder, "agent/root.key"));
  await expect(run(folder, { out: "-" })).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringContaining("its root key is not in the credential store") as string,
  });
});
