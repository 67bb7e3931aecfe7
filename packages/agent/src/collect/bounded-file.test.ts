import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readBounded } from "./bounded-file.ts";

test("a file is read up to a bound; pipes, folders, and links where they are not wanted, are not read", async () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bounded-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "long");
  writeFileSync(path, "x".repeat(100));
  symlinkSync(path, join(folder, "link"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  expect(await readBounded(path, { maxBytes: 10 })).toEqual({ text: "x".repeat(10), isCut: true });
  expect(await readBounded(path, { maxBytes: 100 })).toEqual({ text: "x".repeat(100), isCut: false });
  expect(await readBounded(join(folder, "link"), { maxBytes: 1_000 })).toMatchObject({ isCut: false });
  expect(await readBounded(join(folder, "link"), { maxBytes: 1_000, isNoLink: true })).toBeUndefined();
  for (const name of ["pipe", "absent", ""]) {
    expect(await readBounded(join(folder, name), { maxBytes: 10 })).toBeUndefined();
  }
});
