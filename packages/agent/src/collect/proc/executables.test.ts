import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FileHashes } from "../file-hashes.ts";
import { identifyExecutable } from "./executables.ts";
import { PlainProcFiles } from "./proc-files.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A process that was seen to execute `seen`, and executes `now`. */
function identified(seen: string, now: string) {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-executable-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of new Set([seen, now])) writeFileSync(join(folder, name), name);
  mkdirSync(join(folder, "proc/7"), { recursive: true });
  symlinkSync(join(folder, now), join(folder, "proc/7/exe"));
  const running = { pid: 7, path: join(folder, seen), isDeleted: false, isAlive: () => true };
  return identifyExecutable(new PlainProcFiles(join(folder, "proc")), new FileHashes(), running);
}

test("a program that stands where it was started from is on disk", async () => {
  expect(await identified("env", "env")).toEqual({ onDisk: 1, sha256: sha256("env") });
});

test("a process that has begun another program since then does not make the first one look replaced", async () => {
  expect(await identified("env", "bash")).toEqual({ onDisk: -1, sha256: sha256("env") });
});
