import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const run = promisify(execFile);
const lockText = JSON.stringify({
  packages: { "": {}, "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } },
});

/** Stands in for npm: counts its runs, takes its time, and installs what the lock file says. */
const fakeNpm = `
  const fs = require("node:fs");
  fs.appendFileSync("npm-runs", process.argv.slice(2).join(" ") + "\\n");
  if (fs.existsSync("npm-fails")) process.exit(1);
  setTimeout(() => {
    fs.mkdirSync("node_modules/a", { recursive: true });
    fs.copyFileSync("package-lock.json", "node_modules/.package-lock.json");
  }, 300);
`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "holdfast-install-"));
  mkdirSync(join(root, "scripts"));
  copyFileSync(join(import.meta.dirname, "install.mjs"), join(root, "scripts", "install.mjs"));
  writeFileSync(join(root, "package-lock.json"), lockText);
  writeFileSync(join(root, "npm-cli.js"), fakeNpm);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const install = async (): Promise<string> => {
  const env = { ...process.env, npm_execpath: join(root, "npm-cli.js"), npm_node_execpath: process.execPath };
  return (await run(process.execPath, [join(root, "scripts", "install.mjs")], { env })).stderr;
};
const npmRuns = (): number => readFileSync(join(root, "npm-runs"), "utf8").trim().split("\n").length;

test("what is missing is installed without install scripts, and then nothing more is done or said", async () => {
  expect(await install()).toContain("installing dependencies");
  expect(readFileSync(join(root, "npm-runs"), "utf8")).toContain("ci --ignore-scripts");
  expect(await install()).toBe("");
  expect(npmRuns()).toBe(1);
});

test("a changed lock file, or a package that went missing, is installed again", async () => {
  await install();
  writeFileSync(join(root, "package-lock.json"), lockText.replaceAll("1.0.0", "1.0.1"));
  await install();
  rmSync(join(root, "node_modules", "a"), { recursive: true });
  await install();
  expect(npmRuns()).toBe(3);
});

test("two starts at once install once", async () => {
  const said = await Promise.all([install(), install()]);
  expect(npmRuns()).toBe(1);
  expect(said.join("")).toContain("another process is installing");
  expect(existsSync(join(root, ".install.lock"))).toBe(false);
});

test("a lock that a killed install left behind holds nobody up", async () => {
  const { stdout } = await run(process.execPath, ["-p", "process.pid"]);
  writeFileSync(join(root, ".install.lock"), stdout.trim());
  await install();
  expect(npmRuns()).toBe(1);
});

test("when npm fails, the exit code and the last line say so", async () => {
  writeFileSync(join(root, "npm-fails"), "");
  await expect(install()).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/npm ci failed.*\n$/) as string,
  });
});
