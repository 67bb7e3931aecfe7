import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createClient } from "@holdfast/client";
import { holdfast } from "../faults/fixture.ts";
import { startServer } from "../server.ts";

const CHECKER = join(import.meta.dirname, "check_export.py");
/** Two full bundles and a part of a third. */
const ENTRIES = 620;
const NO_PYTHON = "Python 3.9 or newer is not here";

const python = ["python3", "python"].find((name) => isThere(name));
const home = mkdtempSync(join(tmpdir(), "holdfast-export-"));
const exported = join(home, "ledger");
let verifierKey = "";

function isThere(program: string): boolean {
  try {
    execFileSync(program, ["-c", "import sys; sys.exit(sys.version_info < (3, 9))"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

beforeAll(async () => {
  if (python === undefined) return;
  const server = await startServer({ dataDir: join(home, "data") });
  try {
    const client = createClient({ socketPath: server.socketPath });
    for (let count = 0; count < ENTRIES; count += 20) {
      const writes = Array.from({ length: 20 }, (_, at) =>
        client.secrets.put(`applications/k-${at}`, { value: count }),
      );
      await Promise.all(writes);
    }
    client.close();
    await printed("audit", "export", "--format", "tiles", exported);
    verifierKey = await printed("audit", "key");
  } finally {
    await server.stop();
  }
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The command as an auditor would use it; gives what it printed. */
async function printed(...words: readonly string[]): Promise<string> {
  const said = await holdfast([...words, "--socket", join(home, "data", "socket")], join(home, "data"));
  expect(said).toMatchObject({ exitCode: 0 });
  return said.stdout;
}

function check(folder: string, key = verifierKey): Promise<{ exitCode: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(python!, [CHECKER, folder, key], (_, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

/** A copy in which one file was changed. */
function damaged(path: string, change: (data: Buffer) => Buffer | string): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-export-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(exported, folder, { recursive: true });
  writeFileSync(join(folder, path), change(readFileSync(join(folder, path))));
  return folder;
}

const flip = (at: number) => (data: Buffer) => {
  const changed = Buffer.from(data);
  changed[at < 0 ? data.length + at : at]! ^= 1;
  return changed;
};

describe("a checker that shares no code with ours", () => {
  test("accepts a real export of full and partial tiles, check by check", async ({ skip }) => {
    skip(python === undefined, NO_PYTHON);
    const { exitCode, output } = await check(exported);
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toMatch(/^ok {7}root over the entries$/m);
    expect(output).toMatch(/^ok {7}hash tiles$/m);
    // Its tools may be missing; then it says so.
    expect(output).toMatch(/^(ok {7}|skipped {2})checkpoint signature(: neither .*)?$/m);
    expect(output).toMatch(/^(ok {7}|skipped {2})chain from the genesis(: neither .*)?$/m);
    expect(output).toMatch(/^6\d\d entries of holdfast\/log\/[a-z2-7]{26}$/m);
    expect(output).not.toMatch(/^bad/m);
  });

  test.for([
    ["an entry of a full bundle", "tile/entries/000", flip(-9), "root over the entries"],
    ["an entry of another", "tile/entries/001", flip(2_000), "root over the entries"],
    ["the length of an entry", "tile/entries/001", flip(1), "entry bundles"],
    ["a full hash tile", "tile/0/001", flip(77), "hash tiles"],
    ["a partial tile above", "tile/1/000.p/2", flip(-1), "hash tiles"],
    [
      "the size in the checkpoint",
      "checkpoint",
      (note: Buffer) => note.toString().replace(/\n6/, "\n5"),
      "checkpoint signature",
    ],
    [
      "the signature of the checkpoint",
      "checkpoint",
      (note: Buffer) => note.toString().replace(/.....\n$/, "AAAA\n"),
      "checkpoint signature",
    ],
    [
      "the checkpoint's root",
      "checkpoint",
      (note: Buffer) => note.toString().replace(/^(.*\n.*\n)..../, "$1AAAA"),
      "checkpoint signature",
    ],
  ] as const)("refuses a changed byte in %s", async ([, path, change, named], { skip }) => {
    skip(python === undefined, NO_PYTHON);
    const { exitCode, output } = await check(damaged(path, change));
    skip(
      named.includes("signature") && output.includes("skipped  checkpoint signature"),
      "no tool for Ed25519 is here",
    );
    expect({ exitCode, output }).toMatchObject({ exitCode: 1 });
    expect(output).toContain(`bad      ${named}`);
  });

  test("refuses the key of another log, and a file that does not belong there", async ({ skip }) => {
    skip(python === undefined, NO_PYTHON);
    expect(await check(exported, verifierKey.replace(/\+[0-9a-f]{8}\+/, "+00000000+"))).toMatchObject({ exitCode: 1 });
    const folder = damaged("checkpoint", (note) => note);
    writeFileSync(join(folder, "tile", "0", "003"), "");
    expect((await check(folder)).output).toContain("bad      no other files: tile/0/003");
  });
});
